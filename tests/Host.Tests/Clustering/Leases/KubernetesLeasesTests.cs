using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Tests.Kubernetes.Support;

namespace CacheMachine.Host.Tests.Clustering.Leases;

/// <summary>Whatever goes wrong has one kind of error: who keeps a Lease goes on after it.</summary>
public sealed class KubernetesLeasesTests
{
    private static readonly LeaseRecord New = LeaseRecord.Taken("cachemachine", "a", TimeSpan.FromSeconds(10), DateTimeOffset.UnixEpoch, null);

    [Fact]
    public async Task Credentials_that_cannot_be_had_are_an_error_in_words()
    {
        await using var api = await FakeApi.ScriptAsync();
        using var connection = api.Connect(credentials: new Missing());

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => new KubernetesLeases(connection, TimeSpan.FromSeconds(10)).ReadAsync("cachemachine", default));

        Assert.Contains("get leases.coordination.k8s.io", error.Message, StringComparison.Ordinal);
        Assert.Contains("the token file is empty", error.Message, StringComparison.Ordinal);
        Assert.Empty(api.Seen);
    }

    [Theory]
    [InlineData(403, false)]
    [InlineData(500, true)]
    public async Task An_error_of_a_write_says_what_is_not_known(int status, bool isUnknown)
    {
        await using var api = await FakeApi.StartAsync(context => context.JsonAsync(status, """{"kind":"Status","status":"Failure","reason":"Other","message":"no"}"""));
        using var connection = api.Connect();

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => new KubernetesLeases(connection, TimeSpan.FromSeconds(10)).WriteAsync(New, default));

        Assert.Equal(isUnknown, error.Message.EndsWith("whether the server carried it out is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        await using var api = await FakeApi.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var connection = api.Connect();

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => new KubernetesLeases(connection, TimeSpan.FromMilliseconds(300)).WriteAsync(New, default));

        Assert.EndsWith("whether the server carried it out is not known", error.Message, StringComparison.Ordinal);
    }

    private sealed class Missing : ApiCredentials
    {
        public override X509Certificate2? Certificate => null;

        public override Task<AuthenticationHeaderValue?> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
            throw new KubernetesConfigException("the token file is empty");

        public override Task<AuthenticationHeaderValue?> RenewAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken) =>
            Task.FromResult<AuthenticationHeaderValue?>(null);
    }
}
