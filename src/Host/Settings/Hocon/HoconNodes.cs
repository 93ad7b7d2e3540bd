namespace CacheMachine.Host.Settings.Hocon;

/// <summary>A value as written, before merging and substitution.</summary>
internal abstract record HoconNode(HoconLocation Location);

/// <summary>A string, number, boolean or null, with the text it was written in. Only an unquoted <c>null</c> on its own is null.</summary>
internal sealed record HoconScalarNode(HoconLocation Location, string Text, bool IsNull = false) : HoconNode(Location);

/// <summary>Elements in order; <c>+=</c> adds more while parsing.</summary>
internal sealed record HoconArrayNode(HoconLocation Location, List<HoconNode> Elements) : HoconNode(Location);

/// <summary><c>${path}</c> or <c>${?path}</c>. In an included file the path is first looked up below the place of the include (<paramref name="IncludedAt"/>).</summary>
internal sealed record HoconSubstitutionNode(HoconLocation Location, string[] Path, string[] IncludedAt, bool Optional) : HoconNode(Location);

/// <summary><c>key += element</c>: the array that the field was before this assignment, or none, and more elements.</summary>
internal sealed record HoconAppendNode(HoconLocation Location, HoconArrayNode More) : HoconNode(Location);

/// <summary>One part of a concatenation, with the white space before it, which counts only between strings.</summary>
internal readonly record struct HoconPart(string SpaceBefore, HoconNode Node);

/// <summary>At least two values side by side on one line.</summary>
internal sealed record HoconConcatenationNode(HoconLocation Location, IReadOnlyList<HoconPart> Parts) : HoconNode(Location);
