using System.Security.Cryptography;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Secrets;

namespace Appliance.Tests.Secrets;

public sealed class SecretCipherTests
{
    private static readonly SecretId Id = ObjectId.Mint<SecretId>();

    private readonly SecretCipher cipher = new(RandomNumberGenerator.GetBytes(SecretCipher.KeyBytes));

    [Fact]
    public void Open_WhatWasSealed_IsTheContent()
    {
        byte[] sealedContent = cipher.Seal(Id, "content"u8);

        Assert.Equal("content"u8, cipher.Open(Id, sealedContent));
        Assert.NotEqual(sealedContent, cipher.Seal(Id, "content"u8));
        Assert.Equal(-1, sealedContent.AsSpan().IndexOf("content"u8));
    }

    [Fact]
    public void Open_ContentOfAnotherSecret_IsRefused()
    {
        byte[] sealedContent = cipher.Seal(Id, "content"u8);

        AssertDamaged(() => cipher.Open(ObjectId.Mint<SecretId>(), sealedContent));
    }

    [Fact]
    public void Open_AnyByteChanged_IsRefused()
    {
        byte[] sealedContent = cipher.Seal(Id, "content"u8);
        for (int index = 0; index < sealedContent.Length; index++)
        {
            byte[] changed = [.. sealedContent];
            changed[index] ^= 1;
            AssertDamaged(() => cipher.Open(Id, changed));
        }

        AssertDamaged(() => cipher.Open(Id, sealedContent.AsSpan(0, 20)));
    }

    [Fact]
    public void Open_WithAnotherKey_IsRefused()
    {
        var other = new SecretCipher(RandomNumberGenerator.GetBytes(SecretCipher.KeyBytes));

        AssertDamaged(() => other.Open(Id, cipher.Seal(Id, "content"u8)));
        Assert.NotEqual(cipher.Check, other.Check);
        Assert.NotEqual(cipher.Fingerprint("content"u8), other.Fingerprint("content"u8));
    }

    private static void AssertDamaged(Func<object> open) =>
        Assert.Equal(ErrorKind.DataLoss, Assert.Throws<ApplianceException>(open).Kind);
}
