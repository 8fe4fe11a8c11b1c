using Appliance.Core.Errors;
using Appliance.Images.Catalog;

namespace Appliance.Tests.Images;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("alpine:3.21", "docker.io/library/alpine:3.21", "alpine:3.21")]
    [InlineData("docker.io/library/alpine:3.21", "docker.io/library/alpine:3.21", "alpine:3.21")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("index.docker.io/library/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("team/app:1.0", "docker.io/team/app:1.0", "team/app:1.0")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("registry:5000/a/b_c:v-1", "registry:5000/a/b_c:v-1", "registry:5000/a/b_c:v-1")]
    [InlineData("ghcr.io/astral-sh/uv:0.4", "ghcr.io/astral-sh/uv:0.4", "ghcr.io/astral-sh/uv:0.4")]
    public void Read_EachForm_IsFilledIn(string text, string full, string familiar)
    {
        ImageReference reference = ImageReference.Read(text);
        Assert.Equal((full, familiar), (reference.Full, reference.Familiar));
    }

    [Fact]
    public void Read_WithDigest_LeavesTheTag()
    {
        string digest = "sha256:" + new string('a', 64);
        Assert.Equal($"docker.io/library/a@{digest}", ImageReference.Read($"a:1@{digest}").Full);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Alpine")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("a@sha256:12")]
    [InlineData("../a")]
    [InlineData("a//b")]
    [InlineData("-a")]
    public void Read_NoReference_SaysWhatOneLooksLike(string text) =>
        Assert.Contains("is no image reference", Assert.Throws<ApplianceException>(() => ImageReference.Read(text)).Message, StringComparison.Ordinal);
}
