using Appliance.Core.Errors;
using Appliance.Identity.Links;

namespace Appliance.Tests.Identity;

public sealed class LinkSignerTests
{
    private static readonly byte[] Payload = [1, 2, 3];

    [Fact]
    public async Task Open_OwnLink_GivesThePayloadUntilItExpires()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        LinkSigner signer = await LinkSigner.OpenAsync(identity.Store, identity.Clock);
        string link = signer.Sign("get", Payload, TimeSpan.FromHours(1));

        identity.Clock.Now += TimeSpan.FromMinutes(59);
        Assert.Equal(Payload, signer.Open("get", link));
        Assert.Equal(Payload, (await LinkSigner.OpenAsync(identity.Store, identity.Clock)).Open("get", link));

        identity.Clock.Now += TimeSpan.FromMinutes(2);
        ApplianceException expired = Assert.Throws<ApplianceException>(() => signer.Open("get", link));
        Assert.Equal(ErrorKind.PermissionDenied, expired.Kind);
        Assert.Contains("expired", expired.Message);
    }

    [Fact]
    public async Task Open_AnyOtherText_IsRefused()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        LinkSigner signer = await LinkSigner.OpenAsync(identity.Store, identity.Clock);
        string link = signer.Sign("get", Payload, TimeSpan.FromHours(1));
        IEnumerable<string> changed = Enumerable.Range(0, link.Length)
            .Select(index => link[..index] + (link[index] == 'A' ? 'B' : 'A') + link[(index + 1)..]);
        foreach (string forged in changed.Append("").Append("?").Append(link[1..]).Append(link + "AAAA").Append(new string('A', 100_000)))
        {
            Assert.Equal(ErrorKind.PermissionDenied, Assert.Throws<ApplianceException>(() => signer.Open("get", forged)).Kind);
        }

        Assert.Throws<ApplianceException>(() => signer.Open("put", link));
    }
}
