using System.Text;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Registries.Doubles;

internal static class Answers
{
    public static Task JsonAsync(this HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static Task StatusAsync(this HttpContext context, int status, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers) context.Response.Headers.Append(name, value);
        return Task.CompletedTask;
    }

    public static Task ChallengeAsync(this HttpContext context, params string[] challenges) =>
        context.StatusAsync(401, [.. challenges.Select(challenge => ("WWW-Authenticate", challenge))]);

    public static string Basic(string username, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
}
