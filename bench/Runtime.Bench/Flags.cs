using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="Pace">How long each row is measured.</param>
/// <param name="Data">Directory in which the databases are made.</param>
/// <param name="Help">Only say what flags there are.</param>
internal sealed record Flags(Pace Pace, string Data, bool Help)
{
    public const string Text = """
        Measures the actor runtime, each row against a peer that does the same without actors, or on Akka.NET.

          --quick      a rough run of about 15 s instead of under 60 s
          --data DIR   where the SQLite files are made, and removed again; the system's directory for temporary files unless told.
                       It decides the persistence rows: on tmpfs an fsync costs nothing
          --help       this text

        """;

    /// <summary>Null, with the fault in words, where a flag is unknown or lacks its value.</summary>
    public static Flags? Parse(string[] args, out string fault)
    {
        var flags = new Flags(Pace.Full, Path.GetTempPath(), Help: false);
        fault = "";
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    flags = flags with { Pace = Pace.Quick };
                    break;
                case "--help":
                    flags = flags with { Help = true };
                    break;
                case "--data" when i + 1 < args.Length:
                    flags = flags with { Data = args[++i] };
                    break;
                default:
                    fault = $"{args[i]}: no such flag, or its value is missing; --help lists them";
                    return null;
            }
        }
        return flags;
    }
}
