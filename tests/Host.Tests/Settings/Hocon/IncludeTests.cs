using CacheMachine.Host.Settings.Hocon;

namespace CacheMachine.Host.Tests.Settings.Hocon;

public sealed class IncludeTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("hocon");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void An_included_file_is_merged_where_the_statement_stands()
    {
        File("sub/inner.conf", "a = 1, b = 2, o { x = 1 }");
        var main = File("main.conf", "a = 0\no.y = 2\ninclude \"sub/inner.conf\"\nb = 3");

        Assert.Equal("a=1 b=3 o:x=1 o:y=2", Load(main));
    }

    [Theory]
    [InlineData("include \"inner.conf\"")]
    [InlineData("include file(\"inner.conf\")")]
    [InlineData("include required(\"inner.conf\")")]
    [InlineData("include required(file( \"inner.conf\" ) )")]
    [InlineData("include\n  \"inner.conf\"")]
    [InlineData("include \"inner\"")]
    public void Every_form_of_the_statement_works(string statement)
    {
        File("inner.conf", "a = 1");

        Assert.Equal("a=1", Load(File("main.conf", statement)));
    }

    [Fact]
    public void A_name_is_relative_to_the_file_that_includes_it()
    {
        File("one/first.conf", "include \"../two/second.conf\"");
        File("two/second.conf", "include \"third.conf\"");
        File("two/third.conf", "a = 1");

        Assert.Equal("a=1", Load(File("main.conf", "include \"one/first.conf\"")));
    }

    [Fact]
    public void A_name_without_extension_reads_json_and_then_conf()
    {
        File("inner.json", """{"a": 1, "b": 1}""");
        File("inner.conf", "b = 2");

        Assert.Equal("a=1 b=2", Load(File("main.conf", "include \"inner\"")));
    }

    [Fact]
    public void Inside_an_object_substitutions_look_there_first_and_then_at_the_root()
    {
        File("inner.conf", "x = 10, y = ${x}, z = ${top}");
        var main = File("main.conf", "top = 1\na { include \"inner.conf\" }\na { x = 42 }");

        Assert.Equal("a:x=42 a:y=42 a:z=1 top=1", Load(main));
    }

    [Fact]
    public void A_missing_file_is_skipped_unless_it_is_required()
    {
        Assert.Equal("a=1", Load(File("main.conf", "include \"nowhere.conf\"\na = 1")));

        var fault = Assert.Throws<HoconException>(() => Load(File("main.conf", "a = 1\ninclude required(\"nowhere.conf\")")));

        Assert.Equal((2, 1), (fault.Location.Line, fault.Location.Column));
        Assert.Contains("\"nowhere.conf\" does not exist", fault.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_include_each_other_are_an_error_that_shows_the_circle()
    {
        File("b.conf", "include \"a.conf\"");

        var fault = Assert.Throws<HoconException>(() => Load(File("a.conf", "include \"b.conf\"")));

        Assert.Contains("a.conf -> b.conf -> a.conf", fault.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_file_may_be_included_twice_side_by_side()
    {
        File("inner.conf", "x = 1");

        Assert.Equal("a:x=1 b:x=1", Load(File("main.conf", "a { include \"inner\" }\nb { include \"inner\" }")));
    }

    [Fact]
    public void A_chain_of_includes_is_bounded()
    {
        for (var i = 0; i < 20; i++)
            File($"f{i}.conf", $"include \"f{i + 1}.conf\"");
        File("f20.conf", "a = 1");

        var fault = Assert.Throws<HoconException>(() => Load(Path.Combine(directory.FullName, "f0.conf")));

        Assert.Contains("at most 16 levels", fault.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_an_included_file_names_that_file()
    {
        var inner = File("inner.conf", "a = 1\nb = @");

        var fault = Assert.Throws<HoconException>(() => Load(File("main.conf", "include \"inner.conf\"")));

        Assert.Equal(new HoconLocation(inner, 2, 5), fault.Location);
    }

    [Fact]
    public void A_file_that_is_not_utf8_or_does_not_exist_is_named()
    {
        var binary = Path.Combine(directory.FullName, "binary.conf");
        System.IO.File.WriteAllBytes(binary, [0x61, 0x3d, 0xff, 0xfe]);

        Assert.Contains("is not UTF-8", Assert.Throws<HoconException>(() => Load(binary)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<HoconException>(() => Load(binary + "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Substitutions_see_all_files_merged()
    {
        var weak = File("weak.conf", "host = a, url = \"http://\"${host}\":80\", list = [1]");
        var strong = File("strong.conf", "host = b, list = ${list} [2]");

        Assert.Equal("host=b list:0=1 list:1=2 url=http://b:80", Load(weak, strong));
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private static string Load(params string[] files) => HoconTexts.Flat(HoconDocument.Load(files, _ => null));
}
