using Appliance.Engine.Logs;
using Appliance.Gateways.Modal.Apps;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;

namespace Appliance.Tests.Gateways.Apps;

public sealed class LogFilterTests
{
    private const string Task = "ta-0000000000000000000001";
    private const string Function = "fu-0000000000000000000001";

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AppLogEntry Entry = new(At, Task, Function, IsError: true, 5, "Grüße aus Wien\n"u8.ToArray());

    [Theory]
    [InlineData("", "", FileDescriptor.Unspecified, "", true)]
    [InlineData(Task, Function, FileDescriptor.Stderr, "WIEN", true)]
    [InlineData(Task, "", FileDescriptor.Info, "grüße", true)]
    [InlineData("ta-0000000000000000000002", "", FileDescriptor.Unspecified, "", false)]
    [InlineData("", "fu-0000000000000000000002", FileDescriptor.Unspecified, "", false)]
    [InlineData("", "", FileDescriptor.Stdout, "", false)]
    [InlineData("", "", FileDescriptor.Unspecified, "Graz", false)]
    public void Takes_WhatIsAskedFor(string task, string function, FileDescriptor stream, string text, bool expected) =>
        Assert.Equal(expected, new LogFilter(task, function, stream, text).Takes(Entry));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(-10, 10, true)]
    [InlineData(1, 10, false)]
    [InlineData(-10, -1, false)]
    public void Takes_WhatIsOfItsTime_EndsIncluded(int since, int until, bool expected)
    {
        var filter = new LogFilter("", "", FileDescriptor.Unspecified, "", Moment(since), Moment(until));

        Assert.Equal(expected, filter.Takes(Entry));
    }

    private static Timestamp Moment(int seconds) => Timestamp.FromDateTimeOffset(At.AddSeconds(seconds));
}
