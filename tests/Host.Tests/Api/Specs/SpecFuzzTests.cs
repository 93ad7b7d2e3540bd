using System.Text;
using CacheMachine.Host.Api;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>Whatever the bytes are, there is exactly one of a spec, faults and a reason why it is no JSON. Seeds repeat a failure.</summary>
public class SpecFuzzTests
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes(SpecBodies.Everything);

    private static readonly string[] Pieces =
    [
        "null", "true", "-1", "1e400", "0.1", "9999999999999999999999", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[]]", "[null]",
        "{\"\": 1}", "{\"type\": []}", "{\"name\": {}}", "{", "}", "[", "]", ",", ":", "\"",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            HasOneMeaning(bytes, $"seed {seed}, round {i}");
        }
    }

    [Fact]
    public void Every_truncation_of_a_valid_body()
    {
        for (var length = 0; length < Valid.Length; length++)
            HasOneMeaning(Valid[..length], $"first {length} bytes");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Changed_bytes_of_a_valid_body(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Valid.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            HasOneMeaning(bytes, $"seed {seed}, round {i}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Values_of_a_valid_body_replaced_by_others(int seed)
    {
        var random = new Random(seed);
        var tokens = SpecBodies.Everything.Split([' ', '\n', ','], StringSplitOptions.RemoveEmptyEntries);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var body = SpecBodies.Everything.Replace(tokens[random.Next(tokens.Length)], Pieces[random.Next(Pieces.Length)], StringComparison.Ordinal);
            refused += HasOneMeaning(Encoding.UTF8.GetBytes(body), $"seed {seed}, round {i}").Faults.Count > 0 ? 1 : 0;
        }
        Assert.InRange(refused, 50, 2000);
    }

    private static SpecReading HasOneMeaning(byte[] bytes, string which)
    {
        var read = MachineSpecReader.Read(bytes);
        var meanings = (read.Spec is null ? 0 : 1) + (read.NotJson is null ? 0 : 1) + (read.Faults.Count == 0 ? 0 : 1);
        Assert.True(meanings == 1, $"{which}: {meanings} meanings");
        Assert.All(read.Faults, fault => Assert.True(fault.Value is not { Length: > PlainText.MaxShown }, which));
        return read;
    }
}
