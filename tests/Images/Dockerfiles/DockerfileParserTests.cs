using Appliance.Core.Errors;
using Appliance.Images.Dockerfiles;

namespace Appliance.Tests.Images.Dockerfiles;

public sealed class DockerfileParserTests
{
    [Fact]
    public void Parse_ContinuedLinesAndComments_AreOneInstruction()
    {
        var run = Assert.IsType<RunInstruction>(One("RUN apt-get update && \\\n  # why\n\n  apt-get install \\  \n  gcc\n"));
        Assert.Equal("apt-get update &&   apt-get install   gcc", run.Command.Text);
    }

    [Fact]
    public void Parse_EscapeDirective_ChangesTheCharacter()
    {
        Dockerfile file = DockerfileParser.Parse("# escape=`\n# syntax=docker/dockerfile:1\nFROM a\nRUN dir c:\\ `\n x\n");
        Assert.Equal('`', file.Escape);
        Assert.Equal("dir c:\\  x", Assert.IsType<RunInstruction>(file.Instructions[1]).Command.Text);
    }

    [Fact]
    public void Parse_CommandForms_AreToldApart()
    {
        Assert.Equal(["/bin/echo", "a b"], Assert.IsType<RunInstruction>(One("RUN [\"/bin/echo\", \"a b\"]")).Command.Words);
        Assert.Equal("[ -f x ] && true", Assert.IsType<RunInstruction>(One("run [ -f x ] && true")).Command.Text);
        Assert.Equal("['a']", Assert.IsType<CommandInstruction>(One("CMD ['a']")).Command.Text);
    }

    [Fact]
    public void Parse_Heredocs_AreTakenWithTheirInstruction()
    {
        Dockerfile file = DockerfileParser.Parse("FROM a\nRUN <<EOF\necho 1 # x\n\n# kept\nEOF\nCOPY <<\"one\" <<-two /dir/\n$a\none\n\tb\n\ttwo\nENV a=1");
        var run = Assert.IsType<RunInstruction>(file.Instructions[1]);
        Assert.Equal("echo 1 # x\n\n# kept\n", Assert.Single(run.Heredocs).Content);
        var copy = Assert.IsType<CopyInstruction>(file.Instructions[2]);
        Assert.Equal([("one", "$a\n", false), ("two", "b\n", true)], copy.Texts.Select(text => (text.Name, text.Content, text.IsExpanded)));
        Assert.Empty(copy.Sources);
        Assert.Equal("/dir/", copy.Target);
        Assert.IsType<PairsInstruction>(file.Instructions[3]);
    }

    [Fact]
    public void Parse_ShiftInArithmetic_IsNoHeredoc() => Assert.Empty(Assert.IsType<RunInstruction>(One("RUN echo $((1<<2)) && cat<<x")).Heredocs);

    [Fact]
    public void Parse_Copy_HasFlagsSourcesAndTarget()
    {
        var copy = Assert.IsType<CopyInstruction>(One("COPY --from=base --chown=1:2 --link a 'b c' /d/"));
        Assert.Equal([new Flag("from", "base"), new Flag("chown", "1:2"), new Flag("link", null)], copy.Flags);
        Assert.Equal(["a", "'b c'"], copy.Sources);
        Assert.Equal(["x y", "z"], Assert.IsType<CopyInstruction>(One("ADD [\"x y\", \"z\", \"/t\"]")).Sources);
    }

    [Fact]
    public void Parse_Pairs_HaveBothForms()
    {
        Assert.Equal([("a", "1"), ("b", "\"x y\"")], Assert.IsType<PairsInstruction>(One("ENV a=1 b=\"x y\"")).Pairs);
        Assert.Equal([("a", "all the rest = 1")], Assert.IsType<PairsInstruction>(One("ENV a all the rest = 1")).Pairs);
        Assert.Equal([("x", null), ("y", "2")], Assert.IsType<ArgumentsInstruction>(One("ARG x y=2")).Arguments);
    }

    [Fact]
    public void Parse_From_HasPlatformAndName()
    {
        var from = Assert.IsType<FromInstruction>(One("FROM --platform=linux/amd64 python:3.11 As Build"));
        Assert.Equal(("python:3.11", "linux/amd64", "build"), (from.Image, from.Platform, from.Name));
    }

    [Theory]
    [InlineData("FROM", "line 1: FROM needs something")]
    [InlineData("FROM a b", "line 1: FROM takes one image")]
    [InlineData("FROM a\n\nFOO bar", "line 3: 'FOO' is no instruction")]
    [InlineData("FROM a\nENV x", "line 2: ENV x has no value")]
    [InlineData("FROM a\nENV a=1 =2", "line 2: '=2' is no NAME=VALUE")]
    [InlineData("FROM a\nCOPY x", "line 2: COPY takes")]
    [InlineData("FROM a\nSHELL bash", "line 2: SHELL takes a list")]
    [InlineData("FROM a\nRUN <<EOF\nx", "line 2: the text that begins with '<<EOF'")]
    [InlineData("FROM a\nONBUILD FROM b", "line 2: ONBUILD FROM")]
    [InlineData("# escape=x\nFROM a", "line 1: escape=x")]
    public void Parse_Fault_NamesTheLine(string text, string expected)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => DockerfileParser.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyText_FailsWithAFaultOrNotAtAll()
    {
        var random = new Random(20260101);
        string[] parts = ["FROM a", "RUN ", "<<EOF", "EOF", "\\", "\n", "\"", "'", "${", "}", "[\"", "\"]", "COPY ", "ENV ", "=", " ", "\t", "#", "\r", "`", "--", "ONBUILD ", "\0", "é"];
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => parts[random.Next(parts.Length)]));
            try
            {
                DockerfileParser.Parse(text);
            }
            catch (ApplianceException)
            {
                // A fault with a line.
            }
        }
    }

    private static Instruction One(string text) => Assert.Single(DockerfileParser.Parse(text).Instructions);
}
