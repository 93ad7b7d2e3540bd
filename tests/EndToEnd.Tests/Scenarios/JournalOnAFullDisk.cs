using CacheMachine.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>SQLite.</summary>
public sealed class JournalOnAFullDisk(ITestOutputHelper output) : JournalAway(output)
{
    private SmallDisk? _disk;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _disk?.Dispose();
    }

    [SmallDiskFact]
    public async Task While_the_disk_is_full_reads_go_on_and_writes_are_refused_at_once_and_all_is_back_when_there_is_room()
    {
        _disk = SmallDisk.Mount();
        await BeginAsync(_disk.Path, new Dictionary<string, string>());
        _disk.Fill();
        await EverythingIsReadAsync();
        await WritesAreRefusedAsync("disk is full");

        Change();
        await ChangeIsSeenAsync();
        await IsReadyAsync();
        await EverythingIsReadAsync(isChanged: true);
        await WritesAreRefusedAsync("disk is full");

        _disk.Free();
        await AllIsBackAsync("there is room");
    }
}
