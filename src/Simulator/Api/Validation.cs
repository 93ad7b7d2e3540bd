using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>The rules of the real API server that a client of pulls can run into: names, required fields, selectors, what is immutable.</summary>
internal static class Validation
{
    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'example.com', regex used for validation is " +
        @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelKeyRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <param name="release">In whose words.</param>
    /// <param name="type">The type of the object.</param>
    /// <param name="document">The object as it would be stored.</param>
    /// <param name="old">What it replaces; null on creation.</param>
    /// <exception cref="ApiException">422 with all causes.</exception>
    public static void Check(KubernetesRelease release, ResourceType type, JsonObject document, JsonObject? old)
    {
        var causes = new List<Cause>();
        var name = document.Text("metadata", "name") ?? "";
        if (name.Length == 0)
            causes.Add(Cause.Required("metadata.name", "name or generateName is required"));
        else if (!Names.IsSubdomain(name))
            causes.Add(Cause.Invalid("metadata.name", Quote(name), SubdomainRule));
        Labels(document.Map("metadata", "labels"), "metadata.labels", causes);
        Owners(document, causes);

        if (type == ResourceType.Pods)
            Pod(document, old, causes);
        else if (type == ResourceType.DaemonSets)
            DaemonSet(release, document, old, causes);
        else if (type == ResourceType.Leases)
            Lease(document, causes);

        if (causes.Count > 0)
            throw ApiErrors.Invalid(type, name, causes);
    }

    public static void Labels(JsonObject? labels, string field, List<Cause> causes)
    {
        foreach (var (key, value) in labels ?? [])
        {
            if (!Names.IsLabelKey(key))
                causes.Add(Cause.Invalid(field, Quote(key), LabelKeyRule));
            if (value.Text() is { } text && !Names.IsLabelValue(text))
                causes.Add(Cause.Invalid(field, Quote(text), text.Length > 63 ? "must be no more than 63 characters" : LabelValueRule));
        }
    }

    private static void Owners(JsonObject document, List<Cause> causes)
    {
        var at = 0;
        foreach (var owner in document.Maps("metadata", "ownerReferences"))
        {
            foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                {
                    causes.Add(new Cause(
                        "FieldValueInvalid", $"metadata.ownerReferences[{at}].{field}", $"Invalid value: \"\": {field} must not be empty"));
                }
            }

            at++;
        }
    }

    private static void Pod(JsonObject pod, JsonObject? old, List<Cause> causes)
    {
        PodSpecValidation.Check(pod.Map("spec"), "spec", causes);
        if (old is null || JsonNode.DeepEquals(Comparable(pod), Comparable(old)))
            return;
        causes.Add(new Cause(
            "FieldValueForbidden",
            "spec",
            "Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, " +
            "`spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)"));
    }

    private static JsonObject? Comparable(JsonObject pod)
    {
        var spec = pod.Map("spec")?.DeepClone().AsObject();
        spec?.Remove("tolerations");
        spec?.Remove("activeDeadlineSeconds");
        foreach (var container in spec.Maps("containers").Concat(spec.Maps("initContainers")))
            container.Remove("image");
        return spec;
    }

    private static void DaemonSet(KubernetesRelease release, JsonObject set, JsonObject? old, List<Cause> causes)
    {
        var selector = set.Map("spec", "selector");
        var labels = set.StringMap("spec", "template", "metadata", "labels");
        if (selector is { Count: 0 })
            causes.Add(Cause.Invalid("spec.selector", "v1.LabelSelector{}", "empty selector is invalid for daemonset"));

        // No selector at all selects nothing, so it does not match the labels either.
        if (selector is null || !LabelSelector.Read(selector).Matches(labels))
            causes.Add(Cause.Invalid("spec.template.metadata.labels", release.Labels(labels), "`selector` does not match template `labels`"));

        if (old is not null && !JsonNode.DeepEquals(old.Map("spec", "selector"), selector))
            causes.Add(Cause.Invalid("spec.selector", selector?.ToJsonString() ?? "null", "field is immutable"));
        Labels(set.Map("spec", "template", "metadata", "labels"), "spec.template.metadata.labels", causes);
        PodSpecValidation.Check(set.Map("spec", "template", "spec"), "spec.template.spec", causes);
        if (set.Text("spec", "template", "spec", "restartPolicy") is { } policy && policy != "Always")
            causes.Add(Cause.Unsupported("spec.template.spec.restartPolicy", policy, ["Always"]));
    }

    private static void Lease(JsonObject lease, List<Cause> causes)
    {
        if (lease.Number("spec", "leaseDurationSeconds") is { } seconds and <= 0)
            causes.Add(Cause.Invalid("spec.leaseDurationSeconds", $"{seconds}", "must be greater than 0"));
        if (lease.Number("spec", "leaseTransitions") is { } transitions and < 0)
            causes.Add(Cause.Invalid("spec.leaseTransitions", $"{transitions}", "must be greater than or equal to 0"));
    }

    private static string Quote(string text) => $"\"{text}\"";
}
