using System.Net;
using System.Text.RegularExpressions;
using CacheMachine.Host.Settings;
using Npgsql;

namespace CacheMachine.Host.Api;

/// <summary>Removes hosts and ports from what is told outside. The log has them in full.</summary>
internal sealed partial class AddressRedaction
{
    private const string Database = "the database", Replica = "another replica", Elsewhere = "another host";

    private readonly string? _database;

    public AddressRedaction(HostSettings settings) =>
        _database = settings.Data.Postgres is { } connection ? new NpgsqlConnectionStringBuilder(connection).Host : null;

    /// <summary>The text without addresses.</summary>
    public string Of(string text) => Tokens().Replace(text, found => found.Value switch
    {
        var token when token.StartsWith("akka", StringComparison.Ordinal) && token.Contains("://", StringComparison.Ordinal) => Replica,
        var token when IsAddress(token) => _database is null ? Elsewhere : Database,
        var token when IsDatabase(token) => Database,
        var token => token,
    });

    private bool IsDatabase(string token) => _database is { Length: > 0 } host
        && (token.Equals(host, StringComparison.OrdinalIgnoreCase) || token.StartsWith($"{host}:", StringComparison.OrdinalIgnoreCase));

    // IPEndPoint takes a lone number for an address.
    private static bool IsAddress(string token) =>
        (token.Count(c => c == '.') == 3 || token.Count(c => c == ':') > 1) && IPEndPoint.TryParse(token, out _);

    [GeneratedRegex(@"akka[\w.]*://[^\s\]')]+|(?!\[akka)[\w\[][\w.:%\[\]/-]*[\w\]]")]
    private static partial Regex Tokens();
}
