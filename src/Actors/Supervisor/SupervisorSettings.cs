namespace CacheMachine.Actors.Supervisor;

/// <summary>What bounds the list of machines.</summary>
public sealed record SupervisorSettings
{
    /// <summary>Machines that there may be; those that there are already stay, however many.</summary>
    public int MostMachines { get; init; } = 1000;

    /// <summary>Bytes of old events that are kept; see <see cref="JournalCompaction"/>.</summary>
    public long HistorySize { get; init; } = JournalCompaction.DefaultHistorySize;
}
