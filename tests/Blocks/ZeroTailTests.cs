using Appliance.Blocks;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

public sealed class ZeroTailTests
{
    [Theory]
    [InlineData(new byte[0], 0)]
    [InlineData(new byte[] { 0, 0, 0 }, 0)]
    [InlineData(new byte[] { 0, 1, 0, 0 }, 2)]
    [InlineData(new byte[] { 1, 2 }, 2)]
    public void Strip_Content_LosesTrailingZerosOnly(byte[] content, int lengthBytes) =>
        Assert.Equal(content[..lengthBytes], ZeroTail.Strip(content).ToArray());

    [Fact]
    public void Strip_BlockOfZeros_HasTheDigestOfNothing() =>
        Assert.Equal(Digest.OfNothing, Digest.Of(ZeroTail.Strip(new byte[BlockLimits.LengthBytesMax]).Span));
}
