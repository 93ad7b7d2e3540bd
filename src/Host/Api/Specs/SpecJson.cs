using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Turns bytes into JSON in which every string can be read.</summary>
internal static class SpecJson
{
    /// <summary>Levels of objects and arrays inside each other. A machine needs six.</summary>
    public const int MaxDepth = 16;

    private const int MaxMessage = 200;

    /// <summary>The document, or the reading of a body that is none.</summary>
    public static (JsonDocument? Document, SpecReading? Refused) Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
            body = body[Encoding.UTF8.Preamble.Length..];
        return Check(body.Span) is { } refused ? (null, refused) : (JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth }), null);
    }

    // The parser itself does not look into strings, and throws the same for too deep as for no JSON.
    private static SpecReading? Check(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return NotJson("it is empty");
        if (NotUtf8(body) is { } at)
            return NotJson($"it is not UTF-8 at {Position(body[..at])}");
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= MaxDepth)
                    return TooDeep(Position(body[..(int)reader.TokenStartIndex]));
                if (reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
            return null;
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:")[0];
            return NotJson($"{message[..Math.Min(message.Length, MaxMessage)]} At line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            return NotJson($"an escape makes half a character in the string at {Position(body[..(int)reader.TokenStartIndex])}");
        }
    }

    private static SpecReading NotJson(string why) => new(null, [], why);

    private static SpecReading TooDeep(string position) =>
        new(null, [new Fault("", null, $"must be at most {MaxDepth} levels of objects and arrays deep, and is deeper at {position}")], null);

    private static int? NotUtf8(ReadOnlySpan<byte> body)
    {
        if (System.Text.Unicode.Utf8.IsValid(body))
            return null;
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }

    private static string Position(ReadOnlySpan<byte> before) =>
        $"line {before.Count((byte)'\n') + 1}, position {before.Length - before.LastIndexOf((byte)'\n')}";
}
