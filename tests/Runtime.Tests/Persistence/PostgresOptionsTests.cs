using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Postgres;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>What can be said of options without a server.</summary>
public sealed class PostgresOptionsTests
{
    [Theory]
    [InlineData("Host=db;Password=hunter2;Prot=1")]
    [InlineData("Host=db;Password=hunter2;Port=abc")]
    [InlineData("hunter2")]
    [InlineData("Host=db;SSL Mode=hunter2")]
    [InlineData("Password=hunter2")]
    [InlineData("")]
    public async Task A_connection_string_that_is_none_is_refused_without_quoting_it(string text)
    {
        var fault = PostgresConnectionString.Fault(text);
        var error = await Assert.ThrowsAsync<PersistenceException>(() => PostgresEventStore.OpenAsync(new PostgresStoreOptions(text)));

        Assert.NotNull(fault);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_as_text_show_no_secret() =>
        Assert.DoesNotContain("hunter2", new PostgresStoreOptions("Host=db;Password=hunter2").ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_password_beside_a_password_file_is_refused()
    {
        var options = new PostgresStoreOptions("Host=db;Password=hunter2") { PasswordFile = "/nowhere" };

        var error = await Assert.ThrowsAsync<PersistenceException>(() => PostgresEventStore.OpenAsync(options));

        Assert.Contains("beside a password file", error.Message, StringComparison.Ordinal);
    }
}
