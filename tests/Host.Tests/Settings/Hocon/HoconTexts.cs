using CacheMachine.Host.Settings.Hocon;

namespace CacheMachine.Host.Tests.Settings.Hocon;

internal static class HoconTexts
{
    public static IReadOnlyDictionary<string, string?> Parse(string text, params (string Name, string Value)[] environment) =>
        HoconDocument.Parse(text, name => environment.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault(), "test.conf");

    /// <summary>All keys and values in a comparable form: <c>a=1 b:0=x c=null</c>, in ordinal order of the keys.</summary>
    public static string Flat(string text, params (string Name, string Value)[] environment) =>
        Flat(Parse(text, environment));

    public static string Flat(IReadOnlyDictionary<string, string?> values) =>
        string.Join(' ', values.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value ?? "null"}"));

    public static HoconException Fault(string text) => Assert.Throws<HoconException>(() => Parse(text));
}
