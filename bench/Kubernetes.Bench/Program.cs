using System.Globalization;
using CacheMachine.Kubernetes.Bench;

switch (args)
{
    case []:
        return await Runs.AllAsync(5);
    case ["--rounds", var rounds] when int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0:
        return await Runs.AllAsync(count);
    // A process each, so that neither's memory is another's.
    case ["--serve"]:
        await RawServer.RunAsync();
        return 0;
    case ["--follow", var name, var server] when Clients.All.TryGetValue(name, out var client):
        await Runs.OneAsync(client, new Uri(server));
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: Kubernetes.Bench [--rounds N]");
        return 2;
}
