using CacheMachine.Host.Startup;

namespace CacheMachine.Host.Tests.Startup;

public sealed class CommandLineTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Without_flags_nothing_is_overridden()
    {
        var start = Assert.IsType<CommandLineResult.Start>(CommandLine.Parse([]));

        Assert.Empty(start.ConfigFiles);
        Assert.Empty(start.Settings);
    }

    [Fact]
    public void Every_flag_becomes_its_setting()
    {
        var start = Assert.IsType<CommandLineResult.Start>(CommandLine.Parse(
        [
            "--port", "0", "--data=/tmp/d", "--postgres", "Host=db;Password=p", "--kubeconfig", file, "--context", "c", "--namespace", "ns",
            "--insecure-registry", "a:5000", "--insecure-registry", "b", "--config", file, "--config", file,
        ]));

        Assert.Equal([file, file], start.ConfigFiles);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["cachemachine:http:port"] = "0",
                ["cachemachine:data:dir"] = "/tmp/d",
                ["cachemachine:data:postgres"] = "Host=db;Password=p",
                ["cachemachine:kubernetes:kubeconfig"] = file,
                ["cachemachine:kubernetes:mode"] = "kubeconfig",
                ["cachemachine:kubernetes:context"] = "c",
                ["cachemachine:kubernetes:namespace"] = "ns",
                ["cachemachine:registry:insecure-hosts"] = "a:5000,b",
            },
            start.Settings);
        Assert.Equal(
            ("--port", "--kubeconfig", null),
            (start.FlagOf("cachemachine:http:port"), start.FlagOf("cachemachine:kubernetes:mode"), start.FlagOf("cachemachine:http:prefix")));
        Assert.False(start.IsCheck);
        Assert.True(Assert.IsType<CommandLineResult.Start>(CommandLine.Parse(["--check-config"])).IsCheck);
    }

    [Theory]
    [InlineData("--prot", "--prot")]
    [InlineData("-x", "-x")]
    [InlineData("/port", "/port")]
    [InlineData("word", "word")]
    [InlineData("--port", "--port")]
    [InlineData("--port|abc", "--port \"abc\"")]
    [InlineData("--port|-1", "--port \"-1\"")]
    [InlineData("--port|65536", "--port \"65536\": must be a whole number from 0 to 65535")]
    [InlineData("--port|1|--port|2", "--port")]
    [InlineData("--port|1|2", "2")]
    [InlineData("--data|--version", "--data")]
    [InlineData("--data|", "--data \"\"")]
    [InlineData("--kubeconfig|/nowhere", "--kubeconfig \"/nowhere\": must name a file that exists")]
    [InlineData("--config|/nowhere", "--config \"/nowhere\"")]
    [InlineData("--context|", "--context \"\"")]
    [InlineData("--namespace|A_B", "--namespace \"A_B\"")]
    [InlineData("--insecure-registry|http://x", "--insecure-registry \"http://x\"")]
    [InlineData("--insecure-registry|a|--insecure-registry|b/c", "--insecure-registry \"b/c\"")]
    [InlineData("--version|maybe", "maybe")]
    [InlineData("@file", "@file")]
    public void What_cannot_be_used_names_itself_and_exits_with_2(string arguments, string named)
    {
        var exit = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(arguments.Split('|')));

        Assert.Equal(2, exit.Code);
        Assert.Empty(exit.Output);
        Assert.Contains(exit.Errors, e => e.Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--postgres|Host=db;Password=hunter2;Prot=1")]
    [InlineData("--postgres=Password=hunter2")]
    [InlineData("--postgres|Host=db;|Password=hunter2")]
    [InlineData("--postgres|Host=a|--postgres|Host=b;Password=hunter2")]
    public void A_bad_connection_string_is_refused_without_quoting_it(string arguments)
    {
        var exit = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(arguments.Split('|')));

        Assert.Equal(2, exit.Code);
        Assert.NotEmpty(exit.Errors);
        Assert.DoesNotContain("hunter2", string.Concat(exit.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        var exit = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--port", "x", "--namespace", "Z", "--insecure-registry", "http://y"]));

        Assert.Equal(["--port", "--namespace", "--insecure-registry"], exit.Errors.Select(e => e.Split(' ')[0]));
    }

    [Fact]
    public void Help_lists_every_flag_and_version_prints_it()
    {
        var help = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--help"]));
        var version = Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--version"]));

        Assert.Equal((0, 0), (help.Code, version.Code));
        Assert.All(
            (string[])[
                "--port <N>", "--data <DIR>", "--postgres <CONNECTION>", "--kubeconfig <FILE>", "--context <C>", "--namespace <NS>", "--insecure-registry <HOST>",
                "--config <FILE>", "--check-config", "--help", "--version",
            ],
            flag => Assert.Contains(flag, help.Output, StringComparison.Ordinal));
        Assert.Matches(@"^cachemachine \d+\.\d+\.\d+\n$", version.Output);
    }

    [Fact]
    public void Help_is_given_even_beside_a_bad_flag() =>
        Assert.Equal(0, Assert.IsType<CommandLineResult.Exit>(CommandLine.Parse(["--help", "--port", "x"])).Code);
}
