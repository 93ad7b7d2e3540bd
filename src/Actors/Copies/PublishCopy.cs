namespace CacheMachine.Actors.Copies;

/// <summary>To the copy keeper of this replica: this is what I answer now.</summary>
/// <param name="Key">See <see cref="CopyKeys"/>.</param>
/// <param name="SequenceNr">Of the last event in the journal of who says so: an answer after a later event replaces one after an earlier, wherever they come from.</param>
/// <param name="IsProvisional">Less than what was known before: it does not replace a copy that is there.</param>
/// <param name="Answers">Makes the answer: first the whole, then ever shorter ones, of which the first that fits is taken. None: what was there is gone. Called by another actor.</param>
public sealed record PublishCopy(string Key, long SequenceNr, bool IsProvisional, Func<IEnumerable<object>> Answers) : INoSerializationVerificationNeeded;
