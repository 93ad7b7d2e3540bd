using CacheMachine.Actors;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Host.Api;

/// <summary>What came of a question to an actor.</summary>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Why">Why there is none, for who asked from outside; empty where there is one.</param>
/// <param name="IsRefused">There is none because who was asked cannot do it, so nothing was done.</param>
internal sealed record Asked(object? Answer, string Why, bool IsRefused);

/// <summary>Asks an actor, and knows why there is no answer.</summary>
/// <param name="troubles">Of the journal.</param>
/// <param name="redaction">For what is told outside.</param>
internal sealed class PatientAsk(JournalTroubles troubles, AddressRedaction redaction)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for an answer until <paramref name="late"/>, but not longer than a second while the journal fails: it would wait in vain.</summary>
    public async Task<Asked> AskAsync(ICanTell actor, object question, TimeSpan late, CancellationToken cancelled)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var asked = actor.Ask<object>(question, late, waiting.Token);
        try
        {
            // Who waits is outside, so this is real time.
            for (var waited = Pause; waited < late && await Task.WhenAny(asked, Task.Delay(Pause, TimeProvider.System, waiting.Token)) != asked; waited += Pause)
            {
                if (troubles.Recent is not null)
                    return Nothing(waited);
            }
            return await asked switch
            {
                NotStored refused => new(null, redaction.Of(troubles.Recent ?? refused.Why), true),
                Status.Failure failure => new(null, redaction.Of(failure.Cause.Message), false),
                var answer => new(answer, "", false),
            };
        }
        catch (AskTimeoutException)
        {
            return Nothing(late);
        }
        finally
        {
            await waiting.CancelAsync();
        }
    }

    private Asked Nothing(TimeSpan waited) => new(
        null, $"no answer within {waited.TotalSeconds:0} s{(troubles.Recent is { } trouble ? $", the journal fails: {redaction.Of(trouble)}" : "")}", false);
}
