using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <content>Taking, renewing, losing and giving back.</content>
internal sealed partial class ShardCoordinatorActor
{
    private void Acquire(string shard)
    {
        var known = _table.Find(LeaseName(shard));
        var now = _time.GetUtcNow();
        Write(new LeaseRecord(
            LeaseName(shard), _me, _settings.Address, _settings.LeaseDuration, now, now, known is null ? 0 : known.Transitions + 1, known?.Version));
    }

    // Whoever should have it may have come only now, and would wait for as long as the lease is from then on.
    private void FreeFromTheDead(string shard)
    {
        if (_table.Find(LeaseName(shard)) is { Holder: not null } lease)
            Write(lease with { Holder = null, Address = null, RenewedAt = _time.GetUtcNow() });
    }

    private void RenewMembership()
    {
        if (_member is not null && _time.GetElapsedTime(_member.RenewedAt) < _settings.RenewEvery)
            return;
        var now = _time.GetUtcNow();
        Write(_member is not null
            ? _member.Lease with { RenewedAt = now }
            : new LeaseRecord(_membership, _me, _settings.Address, _settings.LeaseDuration, now, now, 0, _table.Find(_membership)?.Version));
    }

    private void Write(LeaseRecord lease)
    {
        if (!_writing.Add(lease.Name))
            return;
        var begun = _time.GetTimestamp();
        _ = WriteAsync(lease).PipeTo(Self, success: stored => new Wrote(lease, begun, stored, null), failure: e => new Wrote(lease, begun, null, e));
    }

    private async Task<LeaseRecord?> WriteAsync(LeaseRecord lease)
    {
        using var timeout = new CancellationTokenSource(_settings.RenewEvery, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopped.Token);
        return await _leases.WriteAsync(lease, either.Token).ConfigureAwait(false);
    }

    private void OnWrote(Wrote message)
    {
        var name = message.Wanted.Name;
        _writing.Remove(name);
        // After an error nothing is known; the next beat tries again, and the watch tells if it was written after all.
        if (message.Error is { } error)
            _log.Warning("The lease {0} could not be written: {1}", name, error.Message);
        else if (ShardOf(message.Wanted) is not { } shard)
            OnMembershipWrote(message);
        else if (message.Stored is not { } stored)
            OnConflict(shard, message.Wanted.Version);
        else if (stored.Holder is null)
            _held.Remove(shard);
        else
            OnHeld(shard, stored, message.BegunAt);
        Evaluate();
    }

    // After a conflict (it is gone, or a request of ours that seemed to fail wrote it) the table knows the right version, or will.
    private void OnMembershipWrote(Wrote message)
    {
        var stored = message.Stored ?? _table.Find(_membership);
        _member = stored is null ? null : new Held(stored, message.BegunAt);
    }

    private void OnHeld(string shard, LeaseRecord stored, long begun)
    {
        if (_held.TryGetValue(shard, out var held))
        {
            (held.Lease, held.RenewedAt) = (stored, begun);
        }
        else if (_time.GetElapsedTime(begun) < _settings.ActFor)
        {
            _held.Add(shard, new Held(stored, begun));
            _log.Debug("Shard {0} is this replica's", shard);
        }
        else
        {
            return;
        }
        _fence.Open(shard, begun, _settings.ActFor);
    }

    // Somebody wrote it: another replica, or a request of ours that seemed to fail. The table knows, or will.
    private void OnConflict(string shard, string? version)
    {
        if (!_held.TryGetValue(shard, out var held) || _table.Find(held.Lease.Name) is not { } known || known.Version == version)
            return;
        if (known.Holder == _me)
            held.Lease = known;
        else
            Lose(shard, $"{known.Holder ?? "another replica"} has its lease");
    }

    private void Lose(string shard, string why)
    {
        _held.Remove(shard);
        _fence.Shut(shard);
        _log.Warning("Shard {0} is no longer this replica's: {1}", shard, why);
        TellHomes();
    }

    private void Stop(string shard, Held held)
    {
        _log.Debug("Shard {0} goes to another replica", shard);
        held.StillStopping = [.. _regions];
        // Before the regions hear that the shard is not here any more, at which they would stop it at once.
        foreach (var region in _regions)
            region.Tell(new StopShard(shard));
        TellHomes();
        if (_regions.Count == 0)
            GiveBack(held);
    }

    private void OnShardStopped(ShardStopped message)
    {
        if (_held.TryGetValue(message.ShardId, out var held) && held.StillStopping is { } still && still.Remove(message.Region) && still.Count == 0)
            GiveBack(held);
    }

    // If a renewal is just under way, the next beat does it.
    private void GiveBack(Held held)
    {
        _fence.Shut(ShardOf(held.Lease)!);
        Write(held.Lease with { Holder = null, Address = null, RenewedAt = _time.GetUtcNow() });
    }

    private void OnLeave()
    {
        if (_leaving is null)
            _log.Info("This replica leaves; its shards go to the others");
        _leaving = Sender;
        EndMembership();
        Evaluate();
    }

    // First of all, so that nobody leaves a share to this replica. A delete of a version that is no longer right changes nothing, so it is over when it is seen.
    private void EndMembership()
    {
        var seen = _table.Find(_membership);
        if (_member is null || (_membershipDeleted && seen is null))
            _member = null;
        else if (!_writing.Contains(_membership) && _triedThisBeat.Add(_membership) && _writing.Add(_membership))
            _ = _leases.DeleteAsync(_membership, (_membershipDeleted ? seen! : _member.Lease).Version!, _stopped.Token)
                .PipeTo(Self, success: () => new MembershipEnded(null), failure: e => new MembershipEnded(e));
    }

    private void OnMembershipEnded(Exception? error)
    {
        _writing.Remove(_membership);
        _membershipDeleted |= error is null;
        if (error is not null)
            _log.Warning("This replica's membership could not be ended: {0}", error.Message);
        Evaluate();
    }

    private void ForgetTheDead()
    {
        var dead = _table.All.Where(lease => ShardOf(lease) is null && !_table.IsLive(lease));
        foreach (var lease in dead.Where(lease => _forgotten.Add(lease.Version!)).ToList())
            _ = _leases.DeleteAsync(lease.Name, lease.Version!, _stopped.Token).PipeTo(Self, failure: _ => new NotForgotten(lease.Version!));
    }
}
