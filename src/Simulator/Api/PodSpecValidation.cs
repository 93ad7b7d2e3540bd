using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>The rules for what a pull puts into a pod's spec: containers, node selection, tolerations (pkg/apis/core/validation).</summary>
internal static partial class PodSpecValidation
{
    private const string NameRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
        "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private static readonly string[] Policies = ["Always", "IfNotPresent", "Never"];

    public static void Check(JsonObject? spec, string field, List<Cause> causes)
    {
        Containers(spec, field, causes);
        Validation.Labels(spec.Map("nodeSelector"), $"{field}.nodeSelector", causes);
        Affinity(spec, $"{field}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms", causes);
        Tolerations(spec, $"{field}.tolerations", causes);
    }

    private static void Containers(JsonObject? spec, string field, List<Cause> causes)
    {
        if (spec.List("containers") is null or { Count: 0 })
            causes.Add(Cause.Required($"{field}.containers"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kind in (ReadOnlySpan<string>)["initContainers", "containers"])
        {
            var at = 0;
            foreach (var container in spec.Maps(kind))
            {
                var path = $"{field}.{kind}[{at++}]";
                if (container.Text("name") is not { Length: > 0 } name)
                    causes.Add(Cause.Required($"{path}.name"));
                else if (!Label().IsMatch(name))
                    causes.Add(Cause.Invalid($"{path}.name", $"\"{name}\"", NameRule));
                else if (!names.Add(name))
                    causes.Add(new Cause("FieldValueDuplicate", $"{path}.name", $"Duplicate value: \"{name}\""));
                if (string.IsNullOrEmpty(container.Text("image")))
                    causes.Add(Cause.Required($"{path}.image"));
                if (container.Text("imagePullPolicy") is { } policy && !Policies.Contains(policy))
                    causes.Add(Cause.Unsupported($"{path}.imagePullPolicy", policy, Policies));
            }
        }
    }

    private static void Affinity(JsonObject? spec, string field, List<Cause> causes)
    {
        var term = 0;
        foreach (var terms in spec.Map("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Maps("nodeSelectorTerms"))
        {
            var at = 0;
            foreach (var requirement in terms.Maps("matchFields"))
            {
                var path = $"{field}[{term}].matchFields[{at++}]";
                if (requirement.Text("operator") is not ("In" or "NotIn"))
                    causes.Add(Cause.Invalid($"{path}.operator", $"\"{requirement.Text("operator")}\"", "not a valid selector operator"));
                else if (requirement.List("values") is not { Count: 1 })
                    causes.Add(Cause.Required($"{path}.values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
                if (requirement.Text("key") != "metadata.name")
                    causes.Add(Cause.Invalid($"{path}.key", $"\"{requirement.Text("key")}\"", "not a valid field selector key"));
            }

            term++;
        }
    }

    private static void Tolerations(JsonObject? spec, string field, List<Cause> causes)
    {
        var at = 0;
        foreach (var toleration in spec.Maps("tolerations"))
        {
            var path = $"{field}[{at++}].operator";
            var how = toleration.Text("operator") ?? "";
            if (string.IsNullOrEmpty(toleration.Text("key")) && how != "Exists")
            {
                causes.Add(Cause.Invalid(
                    path, $"\"{how}\"", "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
            }

            if (how is not ("" or "Equal" or "Exists"))
                causes.Add(Cause.Unsupported(path, how, ["Equal", "Exists"]));
            else if (how == "Exists" && toleration.Text("value") is { Length: > 0 })
                causes.Add(Cause.Invalid(path, toleration.ToJsonString(), "value must be empty when `operator` is 'Exists'"));
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
