using System.Text;
using Appliance.Engine.Builds;

namespace Appliance.Tests.Engine.Builds;

public sealed class StepAdviceTests
{
    [Theory]
    [InlineData("ERROR: No matching distribution found for greeting\n", "wheels add")]
    [InlineData("  Because greeting was not found in the package registry and you require greeting\n", "wheels add")]
    [InlineData("W: Failed to fetch http://packages.test/debian  Temporary failure resolving 'packages.test'\n", "image import")]
    [InlineData("NewConnectionError: Temporary failure in name resolution\nERROR: No matching distribution found for greeting\n", "wheels add")]
    public void Read_WhatIsKnown_AdvisesWhereverPiecesEnd(string output, string advised)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(output);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var advice = new StepAdvice();
            advice.Read(bytes.AsSpan(0, cut), isError: true);
            advice.Read("of another stream"u8, isError: false);
            advice.Read(bytes.AsSpan(cut), isError: true);

            Assert.Contains(advised, advice.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_AnythingElse_AdvisesNothing()
    {
        var advice = new StepAdvice();
        advice.Read("error: command 'gcc' failed: No such file or directory\n"u8, isError: true);

        Assert.Null(advice.Text);
    }
}
