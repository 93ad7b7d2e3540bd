namespace CacheMachine.Simulator.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_flags_the_defaults_hold_and_nothing_is_written()
    {
        var start = Assert.IsType<CommandLineResult.Start>(CommandLine.Parse([]));

        Assert.Equal((8, "1.20", 0, 0), (start.Cluster.Nodes, start.Cluster.Release.Name, start.Cluster.ApiPort, start.Cluster.RegistryPort));
        Assert.Equal(["cachemachine"], start.Cluster.Namespaces);
        Assert.Equal((null, null), (start.Kubeconfig, start.ExampleMachine));
    }

    [Fact]
    public void Every_flag_becomes_its_option()
    {
        var start = Assert.IsType<CommandLineResult.Start>(CommandLine.Parse(
        [
            "--nodes", "5000", "--namespace", "a", "--namespace", "b", "--namespace", "a", "--kubernetes", "1.36", "--port", "1", "--registry-port", "65535",
            "--kubeconfig", "k", "--example-machine", "/e",
        ]));

        Assert.Equal((5000, "1.36", 1, 65535), (start.Cluster.Nodes, start.Cluster.Release.Name, start.Cluster.ApiPort, start.Cluster.RegistryPort));
        Assert.Equal(["a", "b"], start.Cluster.Namespaces);
        Assert.Equal(("k", "/e"), (start.Kubeconfig, start.ExampleMachine));
    }

    [Fact]
    public void Namespaces_that_every_cluster_has_are_not_made_again() =>
        Assert.Equal(["a"], Assert.IsType<CommandLineResult.Start>(CommandLine.Parse(["--namespace", "default", "--namespace", "a"])).Cluster.Namespaces);

    [Theory]
    [InlineData("--nodes|0", "--nodes \"0\": must be a whole number from 1 to 5000")]
    [InlineData("--nodes|5001", "--nodes \"5001\"")]
    [InlineData("--nodes|many", "--nodes \"many\"")]
    [InlineData("--nodes|1|--nodes|2", "--nodes")]
    [InlineData("--nodes", "--nodes")]
    [InlineData("--nodes|--port", "--nodes needs a value, and --port is a flag")]
    [InlineData("--namespace|A_B", "--namespace \"A_B\": must be a DNS label")]
    [InlineData("--kubernetes|1.21", "--kubernetes \"1.21\": must be 1.20 or 1.36")]
    [InlineData("--port|65536", "--port \"65536\": must be a whole number from 0 to 65535")]
    [InlineData("--registry-port|-1", "--registry-port \"-1\"")]
    [InlineData("--kubeconfig|/nowhere/k", "--kubeconfig \"/nowhere/k\": must be a path in a directory that exists")]
    [InlineData("--example-machine|", "--example-machine \"\"")]
    [InlineData("--bla", "--bla")]
    public void What_cannot_be_used_names_itself_and_exits_with_2(string arguments, string named)
    {
        var exit = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(arguments.Split('|')));

        Assert.Equal((2, ""), (exit.Code, exit.Output));
        Assert.Contains(exit.Errors, error => error.StartsWith(named, StringComparison.Ordinal) || error.Contains($"'{named}'", StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_come_at_once_and_help_lists_every_flag()
    {
        var faulty = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--nodes", "x", "--port", "y"]));
        var help = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--help"]));

        Assert.Equal(["--nodes", "--port"], faulty.Errors.Select(error => error.Split(' ')[0]));
        Assert.Equal(0, help.Code);
        Assert.All(
            (string[])["--nodes <N>", "--namespace <NS>", "--kubernetes <V>", "--port <N>", "--registry-port <N>", "--kubeconfig <FILE>", "--example-machine <FILE>"],
            flag => Assert.Contains(flag, help.Output, StringComparison.Ordinal));
    }
}
