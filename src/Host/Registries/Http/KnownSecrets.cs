using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CacheMachine.Host.Registries.Http;

/// <summary>
/// The secrets that the client holds, so that a registry that echoes one does not bring it into a log or an answer. Each is known as
/// it is and as it travels: in base64, and escaped for a URL, a form or JSON.
/// </summary>
internal sealed class KnownSecrets(TimeProvider time)
{
    private const string Struck = "***";
    private const int ShortestForm = 4;

    private readonly ConcurrentDictionary<string, (string[] Forms, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);
    private volatile string[] _former = [];
    private volatile string[] _current = [];

    /// <summary>These are the credentials from now on; those from before stay known, as answers to them may be on their way.</summary>
    public void Replace(IEnumerable<string> credentials)
    {
        _former = _current;
        _current = FormsOf(credentials);
    }

    /// <summary>A token is a secret until then.</summary>
    public void Add(string token, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        foreach (var (spent, _) in _tokens.Where(known => known.Value.Until < now)) _tokens.TryRemove(spent, out _);
        _tokens[token] = (FormsOf([token]), until);
    }

    /// <summary>A text from outside in one line, with stars for the secrets.</summary>
    public string StrikeFrom(string text)
    {
        var line = OutsideText.Clean(text);

        // The longest first: one may be a part of another.
        return _current.Concat(_former).Concat(_tokens.Values.SelectMany(token => token.Forms))
            .Where(secret => secret.Length <= line.Length)
            .OrderByDescending(secret => secret.Length)
            .Aggregate(line, (struck, secret) => struck.Replace(secret, Struck, StringComparison.OrdinalIgnoreCase));
    }

    // Cleaned as the text is before they are looked for. What a short secret becomes is a part of many words.
    private static string[] FormsOf(IEnumerable<string> secrets) =>
    [
        .. secrets.Where(secret => secret.Length > 0)
            .SelectMany(secret => Forms(secret).Where(form => form.Length >= ShortestForm).Prepend(secret))
            .Select(OutsideText.Clean)
            .Where(form => form.Length > 0)
            .Distinct(),
    ];

    private static string[] Forms(string secret)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=');
        var escaped = Uri.EscapeDataString(secret);
        return
        [
            base64, base64.Replace('+', '-').Replace('/', '_'),
            escaped, escaped.Replace("%20", "+", StringComparison.Ordinal),
            JsonEncodedText.Encode(secret).ToString(),
            JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ];
    }
}
