using System.Runtime.InteropServices;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>Processor time of the calling thread: what it has worked, whatever else the computer does.</summary>
internal static class ThreadTime
{
    private const int ThreadCpuTime = 3;

    public static TimeSpan Now => ClockGetTime(ThreadCpuTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
        : throw new InvalidOperationException($"clock_gettime: {Marshal.GetLastPInvokeError()}");

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static extern int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
