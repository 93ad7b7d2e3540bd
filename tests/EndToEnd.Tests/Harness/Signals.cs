using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Signals as Linux numbers them.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>kill(2).</summary>
internal static class Signals
{
    /// <summary>Sends a signal to one process, never to a group.</summary>
    /// <exception cref="Win32Exception">There is no such process, or it may not be signalled.</exception>
    public static void Send(int pid, Signal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        if (Kill(pid, (int)signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{signal} could not be sent to process {pid}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
