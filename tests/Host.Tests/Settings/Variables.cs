using Microsoft.Extensions.Configuration;

namespace CacheMachine.Host.Tests.Settings;

/// <summary>Environment variables, in the form in which <c>AddEnvironmentVariables</c> has them.</summary>
internal static class Variables
{
    public static IConfiguration None { get; } = Of();

    public static IConfiguration Of(params (string Name, string Value)[] variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Select(variable => KeyValuePair.Create(variable.Name.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
        .Build();
}
