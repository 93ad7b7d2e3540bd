using System.Globalization;
using CacheMachine.Host.Settings.Hocon;

namespace CacheMachine.Host.Tests.Settings.Hocon;

public class UnitsTests
{
    [Theory]
    [InlineData("5s", "00:00:05")]
    [InlineData("1 minute", "00:01:00")]
    [InlineData("100ms", "00:00:00.1000000")]
    [InlineData("250", "00:00:00.2500000")]
    [InlineData(" 1.5 h ", "01:30:00")]
    [InlineData("2 days", "2.00:00:00")]
    [InlineData("10 us", "00:00:00.0000100")]
    [InlineData("1000 ns", "00:00:00.0000010")]
    [InlineData("-1s", "-00:00:01")]
    [InlineData("0", "00:00:00")]
    public void Durations_are_a_number_and_a_unit(string text, string expected)
    {
        Assert.True(HoconUnits.TryParseDuration(text, out var value));
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 S")]
    [InlineData("5 fortnights")]
    [InlineData("5s5")]
    [InlineData("1,5s")]
    [InlineData("1e999 s")]
    [InlineData("99999999999999999999 d")]
    [InlineData("79228162514264337593543950335 d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(HoconUnits.TryParseDuration(text, out _));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512 B", 512)]
    [InlineData("1k", 1024)]
    [InlineData("1 K", 1024)]
    [InlineData("1 kB", 1000)]
    [InlineData("10 MiB", 10 * 1024 * 1024)]
    [InlineData("0.5 GiB", 512 * 1024 * 1024)]
    [InlineData("2 megabytes", 2_000_000)]
    [InlineData("1 Ti", 1L << 40)]
    [InlineData("7 EiB", 7L << 60)]
    public void Sizes_are_a_number_and_a_unit(string text, long expected)
    {
        Assert.True(HoconUnits.TryParseSize(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1 KB")]
    [InlineData("8 EiB")]
    [InlineData("79228162514264337593543950335 E")]
    [InlineData("1 x")]
    public void What_is_no_size_is_refused(string text) => Assert.False(HoconUnits.TryParseSize(text, out _));
}
