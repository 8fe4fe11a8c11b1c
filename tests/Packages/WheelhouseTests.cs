using Appliance.Core.Errors;
using Appliance.Packages;

namespace Appliance.Tests.Packages;

public sealed class WheelhouseTests : IDisposable
{
    private const string Tiny = "tiny_pkg-1.0-py3-none-any.whl";

    private readonly string data = Directory.CreateTempSubdirectory("wheelhouse-").FullName;
    private readonly string source = Directory.CreateTempSubdirectory("wheels-").FullName;
    private readonly Wheelhouse wheelhouse;
    private readonly WheelhouseIntake intake;

    public WheelhouseTests()
    {
        wheelhouse = new Wheelhouse(data);
        intake = new WheelhouseIntake(wheelhouse, TimeProvider.System);
    }

    public void Dispose()
    {
        Directory.Delete(data, recursive: true);
        Directory.Delete(source, recursive: true);
    }

    [Fact]
    public async Task Add_Directory_TakesWheelsAndSdists()
    {
        Assert.True(wheelhouse.IsEmpty);
        WheelFiles.Write(source, Tiny, ">=3.8");
        WheelFiles.WriteSdist(source, "other-2.0.tar.gz");
        await File.WriteAllTextAsync(Path.Combine(source, "notes.txt"), "no package");

        IReadOnlyList<TakenPackage> taken = await AddAsync(source);

        Assert.All(taken, each => Assert.Equal(IntakeOutcome.Added, each.Outcome));
        Assert.Equal(["other-2.0.tar.gz", Tiny], wheelhouse.List().Select(file => file.FileName));
        Assert.Equal(">=3.8", taken.Single(each => each.Package.File.IsWheel).Package.Note.RequiresPython);
        Assert.False(wheelhouse.IsEmpty);
        Assert.Empty(Directory.GetDirectories(Path.Combine(wheelhouse.Root, "incoming")));
    }

    [Fact]
    public async Task Add_SameNameOtherContents_IsRefusedWithoutForce()
    {
        string wheel = WheelFiles.Write(source, Tiny);
        await AddAsync(wheel);
        Assert.Equal(IntakeOutcome.Unchanged, (await AddAsync(wheel)).Single().Outcome);
        WheelFiles.Write(source, Tiny, content: "x = 2\n");
        WheelFiles.WriteSdist(source, "other-2.0.tar.gz");

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => AddAsync(source));

        Assert.Equal(ErrorKind.AlreadyExists, refusal.Kind);
        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Tiny, Assert.Single(wheelhouse.List()).FileName);
        TakenPackage replaced = (await intake.AddAsync([wheel], force: true, CancellationToken.None)).Single();
        Assert.Equal(IntakeOutcome.Replaced, replaced.Outcome);
        Assert.Equal(replaced.Package, await wheelhouse.DescribeAsync(PackageFile.Read(Tiny), CancellationToken.None));
    }

    [Theory]
    [InlineData(Tiny)]
    [InlineData("other-2.0.tar.gz")]
    public async Task Add_FileThatIsNotWhatItsNameSays_IsRefused(string name)
    {
        string path = Path.Combine(source, name);
        await File.WriteAllTextAsync(path, "an error page");
        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => AddAsync(path));
        Assert.Equal(ErrorKind.InvalidArgument, refusal.Kind);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.True(wheelhouse.IsEmpty);
    }

    [Fact]
    public async Task Add_WheelOfAnotherProject_IsRefused()
    {
        string wheel = WheelFiles.Write(source, Tiny);
        string renamed = Path.Combine(source, "other-1.0-py3-none-any.whl");
        File.Move(wheel, renamed);
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<ApplianceException>(() => AddAsync(renamed))).Kind);
    }

    [Fact]
    public async Task Add_NothingThere_IsNotFound()
    {
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => AddAsync(source))).Kind);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => AddAsync(source + "-none"))).Kind);
    }

    [Fact]
    public async Task Describe_FileChangedByHand_TellsOfThatFile()
    {
        StoredPackage first = (await AddAsync(WheelFiles.Write(source, Tiny))).Single().Package;
        WheelFiles.Write(wheelhouse.Root, Tiny, ">=3.9");
        StoredPackage second = (await wheelhouse.DescribeAsync(first.File, CancellationToken.None))!;
        Assert.NotEqual(first.Note.Sha256, second.Note.Sha256);
        Assert.Equal(">=3.9", second.Note.RequiresPython);
        wheelhouse.Remove(first.File);
        Assert.Null(await wheelhouse.DescribeAsync(first.File, CancellationToken.None));
    }

    private Task<IReadOnlyList<TakenPackage>> AddAsync(string path) => intake.AddAsync([path], force: false, CancellationToken.None);
}
