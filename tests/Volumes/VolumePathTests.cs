using Appliance.Core.Errors;
using Appliance.Volumes.Paths;

namespace Appliance.Tests.Volumes;

public sealed class VolumePathTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData("a/b", "a/b")]
    [InlineData("/a//b/./c/", "a/b/c")]
    [InlineData("sp ace/naïve ☃", "sp ace/naïve ☃")]
    [InlineData("...", "...")]
    public void Read_WhatClientsSend_IsNamesJoinedBySlashes(string sent, string expected) =>
        Assert.Equal(expected, VolumePath.Read(sent).Text);

    [Theory]
    [InlineData("..")]
    [InlineData("/../etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a\0b")]
    public void Read_WhatLeadsOutsideOrNoDiskHolds_IsRefused(string sent) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => VolumePath.Read(sent)).Kind);

    [Theory]
    [InlineData(256)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Read_ALongName_IsRefusedInFewWords(int length)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => VolumePath.Read(new string('a', length)));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.True(failure.Message.Length < 300, failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/")]
    public void ReadFile_ADirectory_IsRefused(string sent) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => VolumePath.ReadFile(sent)).Kind);

    [Fact]
    public void Read_HalfACharacter_IsRefused() =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => VolumePath.Read("a" + (char)0xD800)).Kind);
}
