using Appliance.Images.Building;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Catalog;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images.Building;

public sealed class ImageBuildTests
{
    [RootFact]
    public async Task Build_ConfigInstructions_AreInTheImage()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(
        [
            "ARG tag=1", "FROM base:$tag", "ARG who=me", "ARG unset", "ENV A=1 B=\"x ${A:-none}\" C=$who", "LABEL l=\"a b\"", "USER app", "EXPOSE 80 90/udp",
            "VOLUME [\"/data\"]", "STOPSIGNAL SIGINT", "SHELL [\"/bin/bash\", \"-c\"]", "CMD run $A", "WORKDIR /srv", "WORKDIR app",
        ]) { Arguments = new Dictionary<string, string> { ["who"] = "you" } });
        Assert.True(outcome.State == ImageBuildState.Succeeded, outcome.Failure);
        ImageRunConfig run = outcome.Image!.Config.Run;
        Assert.Equal([RootPath, "A=1", "B=x none", "C=you"], run.Env);
        Assert.Equal("a b", run.Labels!["l"]);
        Assert.Equal(("app", "SIGINT", "/srv/app"), (run.User, run.StopSignal, run.WorkingDir));
        Assert.Equal(["80/tcp", "90/udp"], run.ExposedPorts!.Keys.Order());
        Assert.Equal("/data", Assert.Single(run.Volumes!.Keys));
        Assert.Equal(["/bin/bash", "-c", "run $A"], run.Cmd);
        Assert.Contains("srv/app d 755 0 0", await rig.ListAsync(outcome), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Build_Entrypoint_TakesAwayTheCommandOfTheBase()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        Assert.Null((await rig.BuildAsync("FROM base:1", "ENTRYPOINT [\"/x\"]")).Image!.Config.Run.Cmd);
        Assert.Equal(["a"], (await rig.BuildAsync("FROM base:1", "CMD [\"a\"]", "ENTRYPOINT [\"/x\"]")).Image!.Config.Run.Cmd);
    }

    [RootFact]
    public async Task Build_Copy_FollowsTheImagesLinksAndNoOthers()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(
        [
            "FROM base:1", "WORKDIR /w", "COPY a.txt /lib/x", "COPY --chown=app:staff --chmod=4711 a.txt b*.txt d/", "COPY dir /tmp", "COPY . all/",
            "COPY <<one /etc/\nvalue $PATH_NOT\none",
        ]) { Context = BuildRig.Context(("a.txt", "A"), ("b1.txt", "B"), ("/dir/sub/c", "C")) });
        string list = await rig.ListAsync(outcome);
        foreach (string line in (string[])
        [
            "lib l 777 0 0 usr/lib", "tmp d 1777 0 0 ", "tmp/sub/c f 644 0 0 ", "w/d d 755 0 0 ", "w/d/a.txt f 4711 7 9 ", "w/d/b1.txt f 4711 7 9 ", "w/all/dir/sub/c f 644 0 0 ",
        ])
        {
            Assert.Contains(line + "\n", list, StringComparison.Ordinal);
        }

        Assert.Equal("A", await rig.ReadAsync(outcome, "/usr/lib/x"));
        Assert.Equal("value \n", await rig.ReadAsync(outcome, "/etc/one"));
    }

    [RootFact]
    public async Task Build_Stages_CopyFromEachOtherAndSkipWhatIsNotNeeded()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(
        [
            "FROM base:1 AS first", "COPY f /lib/made", "FROM base:1 AS unused", "RUN never", "FROM scratch", "COPY --from=first /lib/made /out/", "COPY --from=other /etc/passwd /p", "COPY --from=base:1 /lib /l",
        ])
        {
            Context = BuildRig.Context(("f", "F")),
            Bases = new Dictionary<string, string> { ["other"] = rig.Rig.Images.Resolve("base:1")!.Id.Text },
        });
        string list = await rig.ListAsync(outcome, "%P %y");
        Assert.Equal("l d\nl/x f\nout d\nout/made f\np f\n", list);
    }

    [RootFact]
    public async Task Build_Add_UnpacksArchives()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        string tar = Convert.ToBase64String(new TarBuilder().File("in/side", "S", user: 4).ToArray());
        var context = new BinaryContext(("a.tar", Convert.FromBase64String(tar)), ("plain", [1, 2]));
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(["FROM base:1", "ADD a.tar plain /tmp/"]) { Context = context });
        string list = await rig.ListAsync(outcome);
        Assert.Contains("tmp/in/side f 644 4 0 \n", list, StringComparison.Ordinal);
        Assert.Contains("tmp/plain f 644 0 0 \n", list, StringComparison.Ordinal);
        Assert.Contains("tmp d 1777 0 0 \n", list, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Build_Run_GetsEverythingAndLeavesALayer()
    {
        var runner = new FakeRunStep();
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(
            ["FROM base:1", "ARG X=2", "ENV A=1", "USER app", "WORKDIR /w", "RUN --mount=type=cache,target=/c --network=none echo $A", "RUN <<EOF\none\ntwo\nEOF"])
        {
            Gpu = "H100", ReadSecretsAsync = _ => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["SECRET"] = "s" }),
        });
        Assert.True(outcome.State == ImageBuildState.Succeeded, outcome.Failure);
        RunStepRequest first = runner.Requests[0];
        Assert.Equal(["/bin/sh", "-c", "echo $A"], first.Arguments);
        Assert.Equal(("app", "/w", "H100", true), (first.User, first.WorkingDirectory, first.Gpu, first.HasNoNetwork));
        Assert.Equal(["/c"], first.EmptyMounts);
        Assert.Equal(("1", "2", "s"), (first.Environment["A"], first.Environment["X"], first.Environment["SECRET"]));
        Assert.Contains("PATH", first.Environment.Keys);
        Assert.Equal(["/bin/sh", "-c", "one\ntwo\n"], runner.Requests[1].Arguments);
        Assert.Equal("one\ntwo\n", await rig.ReadAsync(outcome, "/ran"));
        Assert.DoesNotContain("SECRET", outcome.Image!.Config.ToJson(), StringComparison.Ordinal);
        Assert.Contains("said echo $A\n", await rig.ReadLogAsync(outcome.Id), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Build_OnBuild_RunsInTheNextBuild()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        BuildOutcome parent = await rig.BuildAsync("FROM base:1", "ONBUILD ENV A=1", "ONBUILD COPY f /f");
        Assert.Equal(2, parent.Image!.Config.Run.OnBuild!.Count);
        BuildOutcome child = await rig.BuildAsync(new BuildRequest(["FROM parent", "ENV B=$A"])
        {
            Bases = new Dictionary<string, string> { ["parent"] = parent.Id }, Context = BuildRig.Context(("f", "F")),
        });
        Assert.Equal("F", await rig.ReadAsync(child, "/f"));
        Assert.Equal([RootPath, "A=1", "B=1"], child.Image!.Config.Run.Env);
        Assert.Null(child.Image.Config.Run.OnBuild);
    }

    [RootTheory]
    [InlineData("FROM missing:9", "Base image 'missing:9' is not on this server. Bring it with 'appliance image import FILE --tag missing:9'")]
    [InlineData("FROM base:1\nRUN true", "RUN is not available yet")]
    [InlineData("FROM base:1\nCOPY nothing /x", "line 2: COPY nothing /x: there is no 'nothing' to copy.")]
    [InlineData("FROM base:1\nCOPY ../x /x", "leads out of the build's files")]
    [InlineData("FROM base:1\nWORKDIR /etc/passwd/x", "line 2: WORKDIR /etc/passwd/x")]
    [InlineData("FROM base:1\nENV A=${A", "is not closed")]
    [InlineData("ENV A=1", "FROM comes first")]
    [InlineData("# nothing", "has no FROM")]
    [InlineData("FROM base:1\nADD https://x/y /z", "is not fetched by builds here")]
    [InlineData("FROM base:1\nRUN --mount=type=ssh true", "only type=cache and type=tmpfs")]
    public async Task Build_Fault_SaysWhichAndWhy(string file, string expected)
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest(file.Split('\n')));
        Assert.Equal(ImageBuildState.Failed, outcome.State);
        Assert.Contains(expected, outcome.Failure, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Rig.Path, "images", "builds", "scratch")));
    }

    private const string RootPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private sealed class BinaryContext(params (string Path, byte[] Data)[] files) : IBuildContext
    {
        public Appliance.Images.Building.Copying.ICopyTree Open() => new Appliance.Images.Building.Copying.ListedTree(
            files.Select(file => new Appliance.Images.Building.Copying.ListedFile(file.Path, 0x1A4, file.Data.Length, () => new MemoryStream(file.Data))));
    }
}
