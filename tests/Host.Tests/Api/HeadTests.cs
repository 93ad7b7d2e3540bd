using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;

namespace CacheMachine.Host.Tests.Api;

/// <summary>HEAD says of every route what GET says, without the body.</summary>
public class HeadTests
{
    [Theory]
    [InlineData("/", 200)]
    [InlineData("/cachemachine/", 200)]
    [InlineData("/cachemachine", 200)]
    [InlineData("/cachemachine/m", 200)]
    [InlineData("/cachemachine/m/available", 200)]
    [InlineData("/cachemachine/m/desired/", 200)]
    [InlineData("/cachemachine/nobody", 404)]
    [InlineData("/nothing", 404)]
    public async Task Is_as_GET(string path, int status)
    {
        await using var api = await ApiUnderTest.StartAsync(Answer);

        using var get = await api.Http.GetAsync(new Uri(path, UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await api.Http.SendAsync(request);

        Assert.Equal((status, status), ((int)get.StatusCode, (int)head.StatusCode));
        Assert.Equal(Headers(get), Headers(head));
        Assert.NotNull(head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    private static string Headers(HttpResponseMessage answer) => string.Join('\n', answer.Headers
        .Where(header => header.Key != "Date")
        .Concat(answer.Content.Headers)
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        .Order(StringComparer.Ordinal));

    private static object Answer(object question) => question switch
    {
        ListMachines => new MachineNames(["m"]),
        IMachineCommand { Machine: not "m" } other => new MachineNotFound(other.Machine),
        GetMachineImages => new MachineImages([new DesiredImage("x", null, "X")], [], []),
        _ => Answered.Status("m"),
    };
}
