namespace CacheMachine.Runtime.Actor;

/// <summary>Turns the outcome of a task into a message, so that no handler waits. Stands for <c>Akka.Actor.PipeToSupport</c>.</summary>
public static class PipeToSupport
{
    /// <summary>Stands for <c>Akka.Actor.PipeToSupport.PipeTo{T}</c>.</summary>
    /// <param name="taskToPipe">May be done already.</param>
    /// <param name="recipient">Gets one message, whatever the outcome.</param>
    /// <param name="sender">The message's sender; nobody if null.</param>
    /// <param name="success">Makes the message from the result; null sends the result itself.</param>
    /// <param name="failure">Makes the message from the exception (a cancellation is one); null sends a <see cref="Status.Failure"/>.</param>
    /// <returns>Done when the message is sent.</returns>
    public static async Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null,
        Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(taskToPipe);
        ArgumentNullException.ThrowIfNull(recipient);
        try
        {
            var result = await taskToPipe.ConfigureAwait(false);
            recipient.Tell(success is null ? result! : success(result), sender);
        }
        catch (Exception cause)
        {
            recipient.Tell(failure is null ? new Status.Failure(cause) : failure(cause), sender);
        }
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.PipeToSupport.PipeTo</c> of a task without a result: without <paramref name="success"/> only a failure is
    /// sent.
    /// </summary>
    /// <param name="taskToPipe">May be done already.</param>
    /// <param name="recipient">Gets the message.</param>
    /// <param name="sender">The message's sender; nobody if null.</param>
    /// <param name="success">Makes the message when the task is done; null sends none.</param>
    /// <param name="failure">Makes the message from the exception (a cancellation is one); null sends a <see cref="Status.Failure"/>.</param>
    /// <returns>Done when the message is sent.</returns>
    public static async Task PipeTo(this Task taskToPipe, ICanTell recipient, IActorRef? sender = null,
        Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(taskToPipe);
        ArgumentNullException.ThrowIfNull(recipient);
        try
        {
            await taskToPipe.ConfigureAwait(false);
            if (success is not null) recipient.Tell(success(), sender);
        }
        catch (Exception cause)
        {
            recipient.Tell(failure is null ? new Status.Failure(cause) : failure(cause), sender);
        }
    }
}
