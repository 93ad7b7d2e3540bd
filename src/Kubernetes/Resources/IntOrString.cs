using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>util/intstr IntOrString: a number, or a string such as <c>10%</c>.</summary>
/// <param name="Text">Written as a JSON number when it is one.</param>
[JsonConverter(typeof(IntOrStringConverter))]
public sealed record IntOrString(string Text);

internal sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    /// <inheritdoc/>
    public override IntOrString? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => new IntOrString(reader.GetInt64().ToString(CultureInfo.InvariantCulture)),
            JsonTokenType.String => new IntOrString(reader.GetString()!),
            _ => throw new JsonException("a number or a string is expected"),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(value.Text);
    }
}
