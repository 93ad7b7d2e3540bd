using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads the body of <c>POST /cachemachine/</c>, and a file that describes a machine. Never throws, whatever the bytes are.</summary>
public static class MachineSpecParser
{
    private const int MaxDepth = 32;
    private const int MaxLabels = 64;
    private const int MaxRepoMen = 64;

    private static readonly string[] Fields = ["name", "labels", "repomen"];

    /// <summary>Reads and checks everything; all faults at once. The caller bounds the length of the body.</summary>
    public static SpecResult Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            return new SpecResult.NotJson("the body is not UTF-8");
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            return new SpecResult.NotJson($"the body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)}");
        }
    }

    private static SpecResult Read(JsonElement root)
    {
        var faults = new SpecFaults();
        var spec = new SpecValue(root, SpecPath.Root, faults).AsObject(Fields) is { } machine ? Read(machine) : null;
        return faults.All.Count == 0 && spec is not null ? new SpecResult.Valid(spec) : new SpecResult.Invalid(faults.All);
    }

    private static MachineSpec Read(SpecObject machine) => new()
    {
        Name = machine.Required("name")?.AsText(SpecRules.MachineName) ?? "",
        Labels = ReadLabels(machine.Required("labels")),
        RepoMen = ReadRepoMen(machine.Required("repomen")),
    };

    private static ImmutableSortedDictionary<string, string> ReadLabels(SpecValue? value)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (value?.AsObject() is not { } members)
            return labels.ToImmutable();
        if (members.Members.Count > MaxLabels)
        {
            value.Value.Fault($"must have at most {MaxLabels} labels");
            return labels.ToImmutable();
        }
        foreach (var (key, member) in members.Members)
        {
            if (SpecRules.LabelKey(key) is { } rule)
                member.Fault($"{rule}; this is its key");
            labels[key] = member.AsText(SpecRules.LabelValue) ?? "";
        }
        return labels.ToImmutable();
    }

    private static ImmutableArray<RepoManSpec> ReadRepoMen(SpecValue? value)
    {
        var repoMen = ImmutableArray.CreateBuilder<RepoManSpec>();
        foreach (var element in value?.AsArray(MaxRepoMen) ?? [])
        {
            if (RepoManReader.Read(element) is { } repoMan)
                repoMen.Add(repoMan);
        }
        return repoMen.ToImmutable();
    }

    // The position is in the exception's own properties; its message repeats it in other words.
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
