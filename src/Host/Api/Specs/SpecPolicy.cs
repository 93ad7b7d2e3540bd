using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Api.Specs;

/// <summary>
/// What a body may ask for, by the operator's settings: whoever reaches the API must not thereby have what only the service account may,
/// any Secret of its namespace or a priority above all other pods. Each answers null, or the rule that is broken, with the setting's name.
/// </summary>
internal sealed class SpecPolicy
{
    private readonly AllowSettings? _allow;
    private readonly int _images;
    private readonly ImmutableHashSet<string> _secrets = [], _priorityClasses = [];

    private SpecPolicy()
    {
    }

    private SpecPolicy(HostSettings settings)
    {
        (_allow, _images) = (settings.Allow, settings.Limits.ImagesPerMachine);
        // What every pull has anyway may also be asked for.
        _secrets = [.. settings.Allow.PullSecrets.Append(settings.Kubernetes.PullSecret).OfType<string>()];
        _priorityClasses = [.. settings.Allow.PriorityClasses.Append(settings.Pull.Defaults.PriorityClass).OfType<string>()];
    }

    /// <summary>Allows everything.</summary>
    public static SpecPolicy Anything { get; } = new();

    /// <summary>Allows what the settings do.</summary>
    public static SpecPolicy Of(HostSettings settings) => new(settings);

    /// <param name="registry">As in <c>registry_url</c>.</param>
    public string? Registry(string registry) => Image($"{registry}/repository");

    /// <param name="image">A reference.</param>
    public string? Image(string image) =>
        _allow is null || !ImageReference.TryParse(image, out var reference, out _)
        || _allow.Registries.Any(allowed => Matches(reference.Registry, allowed))
            ? null
            : $"the registry {reference.Registry} is not in allow.registries";

    /// <param name="name">Of a priority class.</param>
    public string? PriorityClass(string name) =>
        _allow is null || _priorityClasses.Contains(name) || (_priorityClasses.Contains(AllowSettings.Any) && !IsOfTheSystem(name))
            ? null
            : $"is not in allow.priority-classes{(IsOfTheSystem(name) ? ", where * does not stand for those of the system" : "")}";

    /// <param name="name">Of a Secret.</param>
    public string? PullSecret(string name) =>
        _allow is null || _secrets.Contains(name) ? null : "is neither in allow.image-pull-secrets nor kubernetes.pull-secret";

    /// <param name="key">Of a toleration; empty for every key.</param>
    public string? Toleration(string key) =>
        _allow is null ? null
        : key.Length == 0 && !_allow.TolerateEverything
            ? "must not be left out: that tolerates every taint, and allow.tolerate-everything is false"
        : key.Length == 0 || _allow.Tolerations.Contains(AllowSettings.Any) || _allow.Tolerations.Contains(key) ? null
        : "is not in allow.tolerations";

    /// <param name="resource">Its name.</param>
    /// <param name="amount">Of a request or limit, in CPUs or bytes.</param>
    public string? Resource(string resource, decimal amount) => _allow is null ? null : resource switch
    {
        "cpu" => AtMost(amount, Quantity.Parse(_allow.MaxCpu)!.Value, _allow.MaxCpu, "allow.max-cpu"),
        "memory" => AtMost(amount, _allow.MaxMemory, Quantity.OfBytes(_allow.MaxMemory), "allow.max-memory"),
        _ => AtMost(amount, _allow.MaxEphemeralStorage, Quantity.OfBytes(_allow.MaxEphemeralStorage), "allow.max-ephemeral-storage"),
    };

    /// <param name="count">How many a machine may desire, by all its repository managers.</param>
    public string? Images(int count) =>
        _allow is null || count <= _images ? null : $"ask for up to {count} images, and limits.images-per-machine is {_images}";

    private static string? AtMost(decimal amount, decimal most, string text, string setting) =>
        amount <= most ? null : $"must be at most {text} ({setting})";

    private static bool IsOfTheSystem(string priorityClass) => priorityClass.StartsWith("system-", StringComparison.Ordinal);

    private static bool Matches(string registry, string allowed) => allowed == AllowSettings.Any
        || string.Equals(registry, allowed, StringComparison.OrdinalIgnoreCase)
        || (allowed.StartsWith("*.", StringComparison.Ordinal) && registry.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase));
}
