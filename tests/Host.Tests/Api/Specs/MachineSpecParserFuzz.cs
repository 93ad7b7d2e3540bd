using System.Text;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>Seeded random bodies; a failure names its seed.</summary>
public class MachineSpecParserFuzz
{
    private const string Body = """
        {"name": "jupyter", "labels": {"beta.kubernetes.io/arch": "amd64"}, "repomen": [
          {"type": "RubinRepoMan", "repo": "lsstsqre/sciplat-lab", "registry_url": "host:5000", "recommended_tag": "recommended",
           "num_releases": 1, "num_weeklies": 2, "num_dailies": 3, "cycle": null, "alias_tags": ["latest"]},
          {"type": "SimpleRepoMan", "images": [{"name": "W 35", "image_url": "a.b/c@sha256:0", "image_hash": null}]}]}
        """;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "1e9", "-", "0", "\\", "\\ud800", "\\u0000", "é", "\"type\"", "\"name\": ", "\"\\ud800\": 1, ", "\"typ\\ud800\": 1, ",
        "\"type\": \"SimpleRepoMan\", ", "\"\"", "[[[[[[[[", "{\"a\":",
    ];

    [Fact]
    public void Random_bytes_never_throw()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            AssertResult(seed, bytes);
        }
    }

    [Fact]
    public void Mutated_bodies_never_throw()
    {
        for (var seed = 0; seed < 30_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(Body);
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                if (random.Next(3) == 0)
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                else
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (random.Next(4) == 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            AssertResult(seed, bytes);
        }
    }

    // Whole members where members may stand, so that most bodies are JSON and the rules are reached.
    [Fact]
    public void Mutated_members_never_throw_and_are_never_accepted_by_mistake()
    {
        string[] values = ["null", "true", "-1", "1.5", "\"\"", "\"\\udc00\"", "[]", "{}", "[null]", "{\"\\ud800\": 1}", "[{\"type\": \"\\ud800\"}]", "1e400"];
        var places = Enumerable.Range(0, Body.Length).Where(i => Body[i] == ':' && Body[i + 1] == ' ').ToArray();
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = Body.Insert(places[random.Next(places.Length)] + 2, values[random.Next(values.Length)] + $", \"k{random.Next(3)}\\ud8{random.Next(10, 99)}\": ");
            var result = AssertResult(seed, Encoding.UTF8.GetBytes(text));
            Assert.False(result is SpecResult.Valid, $"seed {seed} was accepted: {text}");
        }
    }

    private static SpecResult AssertResult(int seed, byte[] body)
    {
        try
        {
            var result = MachineSpecParser.Parse(body);
            if (result is SpecResult.Invalid invalid)
                Assert.True(invalid.Faults.Count is >= 1 and <= SpecFaults.Max && invalid.Faults.All(f => f.Rule.Length > 0), $"seed {seed}");
            return result;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"seed {seed}: {e}\n{Encoding.UTF8.GetString(body)}");
            throw;
        }
    }
}
