using System.Globalization;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Tests.Settings;

public class UnitsTests
{
    [Theory]
    [InlineData("5s", "00:00:05")]
    [InlineData("1 minute", "00:01:00")]
    [InlineData("100ms", "00:00:00.1000000")]
    [InlineData("250", "00:00:00.2500000")]
    [InlineData(" 1.5 h ", "01:30:00")]
    [InlineData("2 days", "2.00:00:00")]
    [InlineData("1000 ns", "00:00:00.0000010")]
    [InlineData("0", "00:00:00")]
    public void Durations_are_a_number_and_a_unit(string text, string expected) =>
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), Units.Duration(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("5 S")]
    [InlineData("5 fortnights")]
    [InlineData("5s5")]
    [InlineData("1,5")]
    [InlineData("1,5s")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("infinite")]
    [InlineData("1e999 s")]
    [InlineData("99999999999999999999 d")]
    public void What_is_no_duration_is_refused(string text) => Assert.Null(Units.Duration(text));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512 B", 512)]
    [InlineData("1k", 1024)]
    [InlineData("1 K", 1024)]
    [InlineData("1 kB", 1000)]
    [InlineData("10 MiB", 10 * 1024 * 1024)]
    [InlineData("2 megabytes", 2_000_000)]
    [InlineData("1 Ti", 1L << 40)]
    public void Sizes_are_a_number_and_a_unit(string text, long expected) => Assert.Equal(expected, Units.Size(text));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("1 KB")]
    [InlineData("0.5 GiB")]
    [InlineData("1,000")]
    [InlineData("99999999999999999999")]
    [InlineData("1 x")]
    public void What_is_no_size_is_refused(string text) => Assert.Null(Units.Size(text));
}
