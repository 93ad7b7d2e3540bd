using System.Text.RegularExpressions;

namespace CacheMachine.Actors.Images;

/// <summary>The component rules of github.com/distribution/reference; each check answers null, or the rule that is broken.</summary>
internal static partial class ReferenceGrammar
{
    private const int MaxLength = 255;
    private const int ShownLength = 80;

    public static string? CheckRegistry(string registry) =>
        registry.Length > MaxLength ? $"the registry is longer than {MaxLength} characters"
        : Registry().IsMatch(registry) ? null
        : $"the registry '{Show(registry)}' is not a host name with an optional port (letters, digits, '-' and '.', then ':port')";

    public static string? CheckRepository(string repository)
    {
        if (repository.Length == 0) return "the repository name is missing";
        if (repository.Length > MaxLength) return $"the repository name is longer than {MaxLength} characters";
        if (repository.Any(char.IsAsciiLetterUpper)) return $"the repository name '{repository}' has upper case letters, it must be lower case";
        return Repository().IsMatch(repository)
            ? null
            : $"the repository name '{repository}' is not lower case letters and digits, separated by '/', '.', '_', '__' or dashes";
    }

    public static string? CheckTag(string tag) =>
        Tag().IsMatch(tag)
            ? null
            : $"the tag '{Show(tag)}' is not 1 to 128 letters, digits, '_', '.' or '-', the first being neither '.' nor '-'";

    public static string? CheckDigest(string digest) =>
        Digest().IsMatch(digest) ? null : $"the digest '{Show(digest)}' is not 'sha256:' and 64 lower case hexadecimal digits";

    public static bool IsImageId(string name) => ImageId().IsMatch(name);

    public static string Show(string? text) => text is { Length: > ShownLength } ? text[..ShownLength] + "..." : text ?? "";

    [GeneratedRegex(@"\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Registry();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\Asha256:[a-f0-9]{64}\z")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex ImageId();
}
