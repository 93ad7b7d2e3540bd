using System.Globalization;
using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>The pool of connections, with the settings on which the promises of <see cref="IJournal"/> rest.</summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    /// <summary>Unless the connection string says otherwise: three replicas together stay well below PostgreSQL's default of 100.</summary>
    private const int DefaultPoolSize = 16;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _unpooled;
    private readonly PostgresStoreOptions _options;

    /// <exception cref="PersistenceException">The options cannot be used; nothing was connected.</exception>
    internal PostgresConnections(PostgresStoreOptions options)
    {
        if (PostgresConnectionString.Fault(options.ConnectionString) is { } fault)
            throw new PersistenceException($"the connection string of PostgreSQL {fault}");
        _options = options;
        var wanted = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (options.PasswordFile is not null && wanted.Password is not null)
            throw new PersistenceException("the connection string of PostgreSQL must not have a Password beside a password file");
        wanted.Timeout = Seconds(options.ConnectTimeout);
        wanted.CommandTimeout = Seconds(options.CommandTimeout);
        // A connection that does not answer is given up: the server's own limit is shorter (see Limits).
        wanted.CancellationTimeout = -1;
        wanted.PersistSecurityInfo = false;
        wanted.IncludeErrorDetail = false;
        // Nothing here outlives its transaction, so there is nothing to reset.
        wanted.NoResetOnClose = true;
        wanted.ApplicationName ??= "cachemachine";
        if (!wanted.ContainsKey("Maximum Pool Size"))
            wanted.MaxPoolSize = Math.Max(DefaultPoolSize, wanted.MinPoolSize);
        PoolSize = wanted.MaxPoolSize;
        Target = string.Create(CultureInfo.InvariantCulture, $"the PostgreSQL database '{wanted.Database ?? wanted.Username}' at {wanted.Host}:{wanted.Port}");

        // A second less than the client waits: what the client has given up has ended on the server, too.
        var limit = (long)(wanted.CommandTimeout - 1) * 1000;
        Limits = limit.ToString(CultureInfo.InvariantCulture);

        _source = Source(wanted, options.PasswordFile);
        wanted.Pooling = false;
        _unpooled = Source(wanted, options.PasswordFile);
    }

    /// <summary>How the database is called in messages: host, port and database, and nothing else of the connection string.</summary>
    internal string Target { get; }

    /// <summary>Most connections at once.</summary>
    internal int PoolSize { get; }

    /// <summary>Milliseconds after which the server ends a statement of an append, or a transaction that it hears nothing of.</summary>
    internal string Limits { get; }

    /// <exception cref="TimeoutException">It takes too long.</exception>
    internal Task<PostgresLease> OpenAsync() => OpenAsync(_source);

    /// <summary>A connection that has nothing to do with those of the pool, whatever state they are in.</summary>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    internal Task<PostgresLease> OpenUnpooledAsync() => OpenAsync(_unpooled);

    private async Task<PostgresLease> OpenAsync(NpgsqlDataSource source)
    {
        var opening = source.OpenConnectionAsync(CancellationToken.None).AsTask();
        try
        {
            return new PostgresLease(await opening.WaitAsync(_options.ConnectTimeout, _options.TimeProvider).ConfigureAwait(false), _options.CommandTimeout, _options.TimeProvider);
        }
        catch (TimeoutException) when (!opening.IsCompleted)
        {
            _ = CloseAsync(opening);
            throw;
        }
    }

    /// <summary>Idle connections are not used again: one was found dead, so others may be.</summary>
    internal void Forget() => _source.Clear();

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _unpooled.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder wanted, string? passwordFile)
    {
        var builder = new NpgsqlDataSourceBuilder(wanted.ConnectionString);
        if (passwordFile is not null)
        {
            builder.UsePasswordProvider(
                _ => File.ReadAllText(passwordFile).TrimEnd('\r', '\n'),
                async (_, cancellationToken) => (await File.ReadAllTextAsync(passwordFile, cancellationToken).ConfigureAwait(false)).TrimEnd('\r', '\n'));
        }
        return builder.Build();
    }

    private static async Task CloseAsync(Task<NpgsqlConnection> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
            await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private static int Seconds(TimeSpan time) => Math.Max(2, (int)Math.Ceiling(time.TotalSeconds));
}
