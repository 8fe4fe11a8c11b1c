using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Identity.Links;

namespace Appliance.Tests.Blobs;

public sealed class BlobLinksTests
{
    private static readonly BlobId Id = ObjectId.Mint<BlobId>();

    [Fact]
    public async Task Open_OwnLink_SaysWhatItIsAboutUntilItExpires()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        var links = new BlobLinks(await LinkSigner.OpenAsync(fixture.Store, fixture.Clock));

        Assert.Equal((Id, 0), links.Open(BlobLinks.Upload, Link(links.UploadPath(Id), BlobLinks.Upload)));
        Assert.Equal((Id, 17), links.Open(BlobLinks.Part, Link(links.PartPath(Id, 17), BlobLinks.Part)));
        Assert.Equal((Id, 0), links.Open(BlobLinks.Completion, Link(links.CompletionPath(Id), BlobLinks.Completion)));
        string download = Link(links.DownloadPath(Id), BlobLinks.Download);
        fixture.Clock.Now += TimeSpan.FromHours(6) - TimeSpan.FromSeconds(1);
        Assert.Equal((Id, 0), links.Open(BlobLinks.Download, download));
        fixture.Clock.Now += TimeSpan.FromSeconds(1);
        AssertRefused(links, BlobLinks.Download, download, "This link has expired");
    }

    [Fact]
    public async Task Open_LinkForAnythingElse_IsRefused()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        var links = new BlobLinks(await LinkSigner.OpenAsync(fixture.Store, fixture.Clock));
        string download = Link(links.DownloadPath(Id), BlobLinks.Download);

        AssertRefused(links, BlobLinks.Upload, download, "This link was not made");
        AssertRefused(links, BlobLinks.Part, Link(links.UploadPath(Id), BlobLinks.Upload), "This link was not made");
        for (int index = 0; index < download.Length - 1; index++)
        {
            char other = download[index] == 'A' ? 'B' : 'A';
            AssertRefused(links, BlobLinks.Download, $"{download[..index]}{other}{download[(index + 1)..]}", "This link was not made");
        }
    }

    private static string Link(string path, string purpose)
    {
        Assert.StartsWith(purpose, path);
        return path[purpose.Length..];
    }

    private static void AssertRefused(BlobLinks links, string purpose, string link, string message)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => links.Open(purpose, link));
        Assert.Equal(ErrorKind.PermissionDenied, failure.Kind);
        Assert.StartsWith(message, failure.Message);
    }
}
