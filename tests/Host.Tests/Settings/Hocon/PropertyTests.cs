using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CacheMachine.Host.Settings.Hocon;
using Microsoft.Extensions.Configuration;

namespace CacheMachine.Host.Tests.Settings.Hocon;

/// <summary>Seeded random texts; a failure names its seed.</summary>
public class PropertyTests
{
    private const string Pieces = "abAB019 .\"\"{}[]=:+,$?#/\\\n\t@-_eE";

    [Fact]
    public void Every_json_object_means_what_the_json_provider_reads()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var json = RandomObject(new Random(seed), 4).ToJsonString(new JsonSerializerOptions { WriteIndented = seed % 2 == 0 });
            var expected = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

            var actual = HoconTexts.Parse(json);

            foreach (var (key, value) in expected.AsEnumerable().Where(p => p.Value is not null))
                Assert.True(actual.TryGetValue(key, out var read) && string.Equals(read, value, StringComparison.OrdinalIgnoreCase), $"seed {seed}: {key} is not \"{value}\" in {json}");
            Assert.All(actual.Where(p => p.Value is not null), p => Assert.Equal(expected[p.Key], p.Value, ignoreCase: true));
        }
    }

    [Fact]
    public void No_text_leads_to_anything_but_a_result_or_a_located_fault()
    {
        const string Seed = "a { b = [1, ${x}], c = ${?a.b} [2] }\nx = \"q\\n\" y\na += 1, include \"no\" // c\nz = \"\"\"t\"\"\"";
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(seed % 3 == 0 ? "" : Seed);
            for (var edits = random.Next(1, 8); edits > 0; edits--)
            {
                var at = random.Next(text.Length + 1);
                if (random.Next(2) == 0 && at < text.Length)
                    text.Remove(at, random.Next(1, Math.Min(6, text.Length - at) + 1));
                else
                    text.Insert(at, string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Pieces[random.Next(Pieces.Length)])));
            }
            try
            {
                HoconTexts.Parse(text.ToString());
            }
            catch (HoconException e)
            {
                Assert.True(e.Location is { Line: >= 1, Column: >= 1 }, $"seed {seed}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}\n{text}");
            }
        }
    }

    private static JsonObject RandomObject(Random random, int depth)
    {
        var result = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
            result[string.Create(CultureInfo.InvariantCulture, $"k{i}{"\u00e9 .\"#"[random.Next(5)]}")] = RandomValue(random, depth);
        return result;
    }

    private static JsonNode? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => JsonValue.Create(random.Next(-1000, 1000)),
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create("text // # ${x} \n \"" + random.Next()),
        3 => null,
        4 => JsonValue.Create(random.NextDouble()),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))]),
        _ => RandomObject(random, depth - 1),
    };
}
