using CacheMachine.Host.Settings;
using Microsoft.Extensions.Configuration;

namespace CacheMachine.Host.Tests.Settings;

public sealed class HoconFileTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("hocon");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData("a.b = 1\na { c = 2 }", "a:b=1 a:c=2")]
    [InlineData("{ \"a\": { \"b\": 1, \"c\": [\"x\", \"y\"] } }", "a:b=1 a:c=x,y")]
    [InlineData("a {\n  # a comment\n  b = 60 s // another\n}\n", "a:b=60 s")]
    [InlineData("a = [x,\n  \"localhost:5000\" # first\n  \"[::1]:5000\"\n]  # last", "a=x,localhost:5000,[::1]:5000")]
    [InlineData("a = []", "a=")]
    [InlineData("a = \"\"", "a=")]
    [InlineData("a = \"# } ] ${x} //\"", "a=# } ] ${x} //")]
    [InlineData("a = \"\"\"two\nlines\"\"\"\nb = 1", "a=two\nlines b=1")]
    [InlineData("a = \"C:\\\\x\\\"y\\\"\"", "a=C:\\x\"y\"")]
    [InlineData("a = 1\na = 2 #", "a=2")]
    [InlineData("a = { b = 1 }\na = { c = 2 }", "a:b=1 a:c=2")]
    [InlineData("", "")]
    [InlineData("akka.loglevel = DEBUG\na = 1", "a=1")]
    public void What_a_file_says_becomes_keys_and_texts(string text, string expected) => Assert.Equal(expected, Flat(HoconFile.Read(File("a.conf", text))));

    [Theory]
    [InlineData("a = 1\n}\nb = 2", 2, "'}' closes nothing")]
    [InlineData("a {\n b = 1\n", 1, "'{' is not closed")]
    [InlineData("a = [1\nb = 2", 2, "'='")]
    [InlineData("a = [1\n", 1, "'[' is not closed")]
    [InlineData("a = [1\n}", 2, "'}' closes nothing")]
    [InlineData("{ a = 1 }\n b = 2", 2, "nothing may follow")]
    [InlineData("# c\na = \"x", 2, "a quote is not closed")]
    [InlineData("a = \"x\nb = \"y\"", 1, "a quote is not closed")]
    [InlineData("a = \"\"\"x\n", 1, "a quote is not closed")]
    [InlineData("a = 1\nb = ${?HOME}", 2, "substitutions are not known here")]
    [InlineData("a = 1\nb = ${a}", 2, "substitutions are not known here")]
    [InlineData("a = 1\nb = [::1]", 2, "a text with ':' in a list must be in quotes")]
    [InlineData("b = [\n \"x\" : 1\n]", 2, "a text with ':' in a list must be in quotes")]
    [InlineData("a {\n  b { x = 1 }, c = 2\n}", 2, "Unknown token")]
    [InlineData("a = 1\n\nb = http://x\nc = 2\n", 3, "assignment character")]
    [InlineData("a = \"\\q\"\nb = 1", 1, "Unknown escape code")]
    [InlineData("a = 1\nb = 1 c = 2\n", 2, "2 has no value")]
    [InlineData("a = 1\nb = null", 2, "b has no value")]
    [InlineData("a = [1]\nb = [[1]]", 2, "b must be a list of texts")]
    [InlineData("a = [{ b = 1 }]", 1, "a must be a list of texts")]
    [InlineData("a = [1] 2", 1, "a must be a list of texts")]
    [InlineData("a = 1\nA = 2", 2, "is there twice")]
    [InlineData("a = 1\n\"a.b\" = 2", 2, "a.b is a key with a dot or colon in quotes")]
    public void A_fault_names_file_line_and_rule(string text, int line, string rule)
    {
        var path = File("a.conf", text);

        var fault = Assert.Single(Assert.Throws<SettingsFileException>(() => HoconFile.Read(path)).Faults);

        Assert.StartsWith($"{path}:{line}: ", fault, StringComparison.Ordinal);
        Assert.Contains(rule, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_has_a_bound()
    {
        var path = File("deep.conf", string.Concat(Enumerable.Repeat("a {\n", 100_000)) + new string('}', 100_000));

        Assert.Equal([$"{path}:101: more than 100 brackets in each other"], Assert.Throws<SettingsFileException>(() => HoconFile.Read(path)).Faults);
    }

    [Fact]
    public void Each_value_knows_the_line_that_made_it()
    {
        var path = File("a.conf", "a = 1\nb {\n  a = 1\n  c = [x,\n    y]\n}\n# a = 1\na = 2\nb.d = 1\nb { a = 1 }\n");

        var layer = HoconFile.Read(path);

        Assert.Equal(
            [$"{path}:8", $"{path}:3", $"{path}:5", $"{path}:9"], ((string[])["a", "b:a", "b:c", "b:d"]).Select(layer.Origin));
    }

    [Fact]
    public void Includes_are_relative_to_the_file_they_are_in_and_what_follows_them_wins()
    {
        Directory.CreateDirectory(Path.Combine(directory.FullName, "more"));
        File("more/inner.conf", "x = inner\ny = inner");
        File("more/outer.conf", "include \"inner.conf\"\ny = outer");
        var path = File("a.conf", "a {\n  include \"more/outer.conf\"\n  z = 1\n}");

        var layer = HoconFile.Read(path);

        Assert.Equal("a:x=inner a:y=outer a:z=1", Flat(layer));
        Assert.Equal($"{path}:2", layer.Origin("a:x"));
    }

    [Fact]
    public void An_include_that_is_missing_broken_or_goes_round_is_a_fault()
    {
        var broken = File("broken.conf", "a = 1\n}");
        var round = File("round.conf", "a = 1\ninclude \"round.conf\"");

        Assert.StartsWith($"{directory.FullName}/a.conf:2: Could not find file", Fault("a = 1\ninclude \"missing.conf\""), StringComparison.Ordinal);
        Assert.Equal($"{broken}:2: '}}' closes nothing", Fault("include \"broken.conf\""));
        Assert.Equal($"{round}:2: {round} includes itself", Fault("include \"round.conf\""));
    }

    private static string Flat(SettingsLayer layer) => string.Join(' ', new ConfigurationBuilder().Add(layer).Build().AsEnumerable()
        .Where(setting => setting.Value is not null).OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={setting.Value}"));

    private string Fault(string text) => Assert.Single(Assert.Throws<SettingsFileException>(() => HoconFile.Read(File("a.conf", text))).Faults);

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
