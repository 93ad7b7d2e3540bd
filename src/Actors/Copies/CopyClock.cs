using Akka.Cluster;
using Akka.DistributedData;

namespace CacheMachine.Actors.Copies;

/// <summary>
/// Which of two copies is the later one. No clock on the wall says so, but the sequence number of the journal, and between two events a count of the
/// answers that were published after the same one.
/// </summary>
public static class CopyClock
{
    private const int CountBits = 32;

    /// <summary>The register after a publication; the same one where the publication is late, or says less than is known.</summary>
    /// <param name="current">As this replica has it.</param>
    /// <param name="self">This replica.</param>
    /// <param name="copy">What is published.</param>
    /// <param name="sequenceNr">See <see cref="PublishCopy"/>.</param>
    /// <param name="isProvisional">See <see cref="PublishCopy"/>.</param>
    public static LWWRegister<ReadCopy> Next(LWWRegister<ReadCopy> current, UniqueAddress self, ReadCopy copy, long sequenceNr, bool isProvisional)
    {
        var isLate = current.Timestamp >> CountBits > sequenceNr;
        if (isLate || (isProvisional && !current.Value.IsGone) || (current.UpdatedBy == self && ReferenceEquals(current.Value, copy)))
            return current;
        return current.WithValue(self, copy, (timestamp, _) => Math.Max(timestamp + 1, sequenceNr << CountBits));
    }
}
