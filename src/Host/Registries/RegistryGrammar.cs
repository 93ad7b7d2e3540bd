using System.Text.RegularExpressions;

namespace CacheMachine.Host.Registries;

/// <summary>Names as the OCI distribution specification has them; nothing else gets into a URL.</summary>
internal static partial class RegistryGrammar
{
    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[A-Fa-f0-9:.]{2,45}\])(?::[0-9]{1,5})?\z")]
    public static partial Regex Host();

    public static bool IsRepository(string text) => text.Length <= 255 && Repository().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    public static partial Regex Tag();

    [GeneratedRegex(@"\Asha256:[a-f0-9]{64}\z")]
    public static partial Regex Digest();
}
