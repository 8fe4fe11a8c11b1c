using Appliance.Images.Building;
using Appliance.Images.Catalog;

namespace Appliance.Tests.Images.Building;

/// <summary>Which commands are the SDK's recipe, and what an image that stands for it leaves of them.</summary>
public sealed class DebianSlimRecipeTests
{
    private static readonly string[] Recipe =
    [
        "FROM python:3.11.10-slim-bookworm",
        "COPY /modal_requirements.txt /modal_requirements.txt",
        "RUN apt-get update",
        "RUN apt-get install -y gcc gfortran build-essential",
        "RUN pip install --upgrade pip wheel uv",
        "RUN uv pip install --system --compile-bytecode --no-cache --no-deps -r /modal_requirements.txt",
        "RUN echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections",
        "RUN rm /modal_requirements.txt",
        "CMD [\"sleep\", \"172800\"]",
    ];

    [Fact]
    public void StandIn_OfTheRecipe_LeavesWhatItCannotHave()
    {
        ImageReference standIn = DebianSlimRecipe.StandInOf(Recipe)!;

        Assert.Equal("debian-slim:3.11", standIn.Familiar);
        Assert.Equal(["FROM debian-slim:3.11", Recipe[1], Recipe[5], Recipe[7], Recipe[8]], DebianSlimRecipe.WithStandIn(Recipe, standIn));
    }

    [Fact]
    public void StandIn_OfOtherCommands_IsNone()
    {
        Assert.Null(DebianSlimRecipe.StandInOf([]));
        Assert.Null(DebianSlimRecipe.StandInOf(["FROM python:3.11.10-slim-bookworm"]));
        Assert.Null(DebianSlimRecipe.StandInOf(["FROM debian:12", .. Recipe[1..]]));
        Assert.Null(DebianSlimRecipe.StandInOf(["FROM python:3.11.10-slim-bookworm", "RUN apt-get update"]));
    }

    [Theory]
    [InlineData("python:3.11.10-slim-bookworm", "'debian-slim:3.11'")]
    [InlineData("python:3.13-slim", "'debian-slim:3.13'")]
    [InlineData("python:3.11", null)]
    [InlineData("alpine:3.21", null)]
    public void Hint_ForABaseOfTheRecipe_NamesTheStandIn(string missing, string? named)
    {
        string hint = DebianSlimRecipe.HintFor(ImageReference.Read(missing));

        Assert.True(named is null ? hint.Length == 0 : hint.Contains(named, StringComparison.Ordinal), hint);
    }
}
