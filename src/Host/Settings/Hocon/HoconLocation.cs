namespace CacheMachine.Host.Settings.Hocon;

/// <summary>A place in a HOCON text; lines and columns (in UTF-16 units) count from 1.</summary>
public readonly record struct HoconLocation(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, the form editors jump to.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
