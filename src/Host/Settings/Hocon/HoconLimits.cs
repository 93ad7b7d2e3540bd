namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Bounds that end a runaway text with an error instead of a full stack or memory. Real configurations stay far below all of them.</summary>
internal static class HoconLimits
{
    /// <summary>Characters in one file.</summary>
    public const int FileLength = 4 * 1024 * 1024;

    /// <summary>Levels of objects, arrays and key elements inside each other, across includes.</summary>
    public const int Depth = 64;

    /// <summary>Files that include each other in a chain.</summary>
    public const int IncludeDepth = 16;

    /// <summary>Substitutions that lead to substitutions in a chain.</summary>
    public const int SubstitutionDepth = 128;

    /// <summary>Characters in one string, and elements in one array, that a concatenation may produce.</summary>
    public const int ConcatenatedLength = 1024 * 1024;

    /// <summary>Keys in the result.</summary>
    public const int Keys = 100_000;
}
