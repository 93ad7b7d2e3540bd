using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Host.Api;

/// <summary><c>?nodes=</c> of <c>GET .../NAME</c>: how much of the nodes is told.</summary>
internal static class NodesQuery
{
    private const string Name = "nodes";

    /// <summary>What the request asks for; null where that is not possible.</summary>
    public static NodeDetail? Read(HttpRequest request) => request.Query[Name].ToString() switch
    {
        "" => NodeDetail.Auto,
        "all" => NodeDetail.All,
        "summary" => NodeDetail.Summary,
        "none" => NodeDetail.None,
        _ => null,
    };

    /// <summary>What is answered where it is not.</summary>
    public static IResult Refused(HttpRequest request) => Problems.Of(
        StatusCodes.Status400BadRequest, "the query has 1 fault",
        [new Fault(Name, PlainText.Shorten(request.Query[Name].ToString()), "must be all, summary or none")]);
}
