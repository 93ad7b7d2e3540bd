namespace CacheMachine.Host.Settings.Hocon;

/// <summary>A HOCON text breaks a rule. The message is <c>file:line:column: the rule</c>; values are quoted only where they are names or paths.</summary>
public sealed class HoconException : Exception
{
    /// <summary>Where the text breaks which rule.</summary>
    public HoconException(HoconLocation location, string rule)
        : base($"{location}: {rule}")
    {
        Location = location;
        Rule = rule;
    }

    /// <summary>The place of the fault, which is in the included file if an include led there.</summary>
    public HoconLocation Location { get; }

    /// <summary>The rule in words, without the place.</summary>
    public string Rule { get; }
}
