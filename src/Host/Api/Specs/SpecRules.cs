using System.Globalization;
using System.Text.RegularExpressions;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Grammars of strings; each answers null, or the rule that is broken. Those of Kubernetes are as in <c>apimachinery/pkg/util/validation</c>.</summary>
internal static partial class SpecRules
{
    // Something to parse a part of a reference with, so that its grammar is written down once.
    private const string AnyName = "registry.example/repository";

    private const int MaxDisplayName = 256;

    public static string? MachineName(string text) => MachineNameText().IsMatch(text) && text is not ("." or "..")
        ? null
        : "must be 1 to 253 letters, digits, '-', '_' or '.', and neither . nor .., which no route can have";

    /// <summary>What a person reads in a menu.</summary>
    public static string? DisplayName(string text) =>
        text.Length is < 1 or > MaxDisplayName ? $"must be 1 to {MaxDisplayName} characters"
        : PlainText.IsPlain(text) ? null
        : "must have no control character, line separator or mark that changes the direction of writing";

    public static string? ResourceName(string text) => SettingsRules.IsResourceName(text) ? null : SettingsRules.ResourceName;

    public static string? LabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 || SettingsRules.IsResourceName(text[..slash])) && IsLabelName(text[(slash + 1)..])
            ? null
            : "the label must be [PREFIX/]NAME: a DNS subdomain of at most 253 characters; "
                + "1 to 63 letters, digits, '-', '_' or '.', the first and last a letter or digit";
    }

    public static string? LabelValue(string text) => text.Length == 0 || IsLabelName(text)
        ? null
        : "must be empty or a label's value: 1 to 63 letters, digits, '-', '_' or '.', the first and last a letter or digit";

    public static string? Int64(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "must be a string with one whole number";

    public static string? Tag(string text) => ImageReference.TryParse($"{AnyName}:{text}", out var reference, out _) && reference.Tag == text
        ? null
        : "must be a tag: 1 to 128 letters, digits, '_', '.' or '-', the first neither '.' nor '-'";

    public static string? Digest(string text) => ImageReference.TryParse($"{AnyName}@{text}", out var reference, out _) && reference.Digest == text
        ? null
        : "must be a digest: sha256: and 64 lower-case hexadecimal digits";

    public static string? Image(string text) => ImageReference.TryParse(text, out _, out var broken) ? null : broken;

    public static string? Repository(string text) =>
        text.AsSpan().ContainsAny(':', '@') ? "must be a repository without registry, tag and digest"
        : ImageReference.TryParse($"registry.example/{text}", out _, out var broken) ? null
        : broken;

    public static string? Registry(string text) =>
        !SettingsRules.IsRegistryHost(text) ? SettingsRules.RegistryHost
        : !ImageReference.TryParse($"{text}/repository", out var reference, out var broken) ? broken
        // A container runtime would take it for the first part of a repository on Docker Hub.
        : reference.Repository.EndsWith($"{text}/repository", StringComparison.Ordinal) ? "must have a dot or a port, or be localhost"
        : null;

    private static bool IsLabelName(string text) => text.Length <= 63 && LabelName().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,253}\z")]
    private static partial Regex MachineNameText();
}
